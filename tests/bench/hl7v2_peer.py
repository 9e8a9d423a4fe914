"""Reads messages, one a line, with the package hl7 (python3-hl7) and takes the fields out of them that
bench_hl7v2 takes: prints the messages a second of processor time, the best of a few turns, and the sum of bytes read."""

import sys
import time

import hl7

TURNS = 5
PATHS = (("PID", 3), ("PID", 5), ("PV1", 2), ("PV1", 3), ("PV1", 19), ("PV1", 44))


def read(text):
    message = hl7.parse(text)
    total = sum(len(message.extract_field(s, 1, f, 1, 1, 1)) for s, f in PATHS)
    for n in range(1, len(message.segments("DG1")) + 1):
        total += len(message.extract_field("DG1", n, 3, 1, 1, 1))
    return total


def main():
    data = sys.stdin.buffer.read().decode("ascii")
    messages = [m for m in data.split("\n") if m]
    best = 0.0
    for _ in range(TURNS):
        start = time.process_time()
        total = sum(read(m) for m in messages)
        best = max(best, len(messages) / (time.process_time() - start))
    print(f"{best:.0f} {total}")


main()
