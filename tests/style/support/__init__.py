# SPDX-License-Identifier: Apache-2.0
"""The rules about the code itself, and the tree they are applied to."""
