#!/usr/bin/env -S /usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""
discovery_measured.py - the measure of discovery with its floors, where the corpora are at hand; where not, it says so.

ctest: release
"""
import os
import subprocess
import sys

MEASURE = os.path.join(os.environ["ARGOSY_SOURCE"], "tests", "measure", "discovery", "measure.py")

if __name__ == "__main__":
    command = ["/usr/bin/python3", "-B", MEASURE, "--argosy", os.environ["ARGOSY_BIN"]]
    sys.exit(subprocess.run(command, check=False).returncode)
