# SPDX-License-Identifier: Apache-2.0
"""How long something took, for stories that hold a promise to its seconds: without those in which the machine stood
still.

    watch = stopwatch.Stopwatch()
    ...
    watch.seconds()

A thread naps and looks how late it wakes up. Where it is late by more than LATE_S, whoever is measured had to wait as
well: the machine was paused, or had so much else to do that nobody was given a turn.
"""

import threading
import time

NAP_S, LATE_S = 0.05, 0.2
_lost = [0.0]
_thread = None


def _nap():
    while True:
        began = time.monotonic()
        time.sleep(NAP_S)
        late = time.monotonic() - began - NAP_S
        if late > LATE_S:
            _lost[0] += late


class Stopwatch:
    def __init__(self):
        global _thread
        if _thread is None:
            _thread = threading.Thread(target=_nap, daemon=True)
            _thread.start()
        self.began, self.lost = time.monotonic(), _lost[0]

    def seconds(self):
        return time.monotonic() - self.began - (_lost[0] - self.lost)
