#!/usr/bin/env python3
"""Writes a published list of codes as the rows of a code table of this folder: compact.py < LIST

LIST has a line a code: the code and, after a tab, what the table says of it. A row of the table stands for one
code or several: of a bracket any one character. The first three characters of a row are never in a bracket.
Run by hand when a list changes; the build does not need it."""
import sys


def rows(codes):
    tree = {}
    for code, value in codes.items():
        node = tree
        for ch in code:
            node = node.setdefault(ch, {})
        node["$"] = value
    out = []

    def below(node):
        found = {}
        made = [("", node["$"])] if "$" in node else []
        for ch in sorted(node):
            if ch == "$":
                continue
            for row in below(node[ch]):
                found.setdefault(row, []).append(ch)
        for (tail, value), chars in found.items():
            one = "".join(chars)
            made.append(((one if len(one) < 2 else "[" + one + "]") + tail, value))
        return sorted(made)

    def top(node, head):
        for ch in sorted(node):
            if ch == "$":
                out.append((head, node["$"]))
            elif len(head) == 2:
                out.extend((head + ch + tail, value) for tail, value in below(node[ch]))
            else:
                top(node[ch], head + ch)

    top(tree, "")
    return out


for codes, value in rows(dict(line.rstrip("\n").split("\t") for line in sys.stdin)):
    print(codes + "," + value)
