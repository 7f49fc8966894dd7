#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs one test: one.py MODULE CLASS[.METHOD]. Exit status 77 and a line "SKIP: reason" when skipped."""
import sys
import unittest

SKIPPED = 77


def main(module, name):
    suite = unittest.defaultTestLoader.loadTestsFromName(f"{module}.{name}")
    result = unittest.TextTestRunner(verbosity=0).run(suite)
    if not result.wasSuccessful():
        return 1
    for _, reason in result.skipped:
        print(f"SKIP: {reason}")
        return SKIPPED
    return 0 if result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
