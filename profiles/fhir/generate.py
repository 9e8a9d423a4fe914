#!/usr/bin/env python3
"""Makes elements.tsv, valuesets.tsv and invariants.tsv of this folder from the published definitions of FHIR R4.

    python3 profiles/fhir/generate.py DEFINITIONS

DEFINITIONS is definitions.json.zip of hl7.org/fhir/R4, or a folder with the files of it that are read:
profiles-resources.json, profiles-types.json, valuesets.json, v3-codesystems.json. The definitions are CC0. What is
written is committed; nobody needs this script to build. README.md says what the columns mean.

Traps that are taken care of: copies of the definitions exist with elements of a vendor in them (Meta.project and five
more) and with references to a vendor's types, which are not of R4; the value of a primitive is typed as a string of FHIRPath whatever it is; value sets are named
with a version behind a bar; contentReference stands for a type; inv-1 is the key of two invariants.
"""
import json
import os
import sys
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
SD = "http://hl7.org/fhir/StructureDefinition/"
NOT_OF_R4 = {"Meta." + n for n in ("project", "author", "onBehalfOf", "account", "accounts", "compartment")}
# Elements that every type has from what it is based on; written nowhere, known to the compiler of the tables.
BASES = {
    "Resource": ["id", "meta", "implicitRules", "language"],
    "DomainResource": ["id", "meta", "implicitRules", "language", "text", "contained", "extension",
                       "modifierExtension"],
    "Element": ["id", "extension"],
    "BackboneElement": ["id", "extension", "modifierExtension"],
}
# Checked by form, not by list.
BY_FORM = {"currencies", "mimetypes", "languages", "all-languages"}
HEAD = """# FHIR R4 (4.0.1), hl7.org/fhir/R4, (c) HL7, licence CC0 1.0 (public domain).
# Made by profiles/fhir/generate.py from the published definitions; columns: profiles/fhir/README.md.
"""


class Definitions:
    def __init__(self, where):
        self.where = where
        self.structures, self.valuesets, self.systems = {}, {}, {}
        for name in ("profiles-resources.json", "profiles-types.json", "valuesets.json", "v3-codesystems.json"):
            for entry in self.read(name)["entry"]:
                self.add(entry["resource"])

    def read(self, name):
        if os.path.isdir(self.where):
            with open(os.path.join(self.where, name), encoding="utf-8-sig") as f:
                return json.load(f)
        with zipfile.ZipFile(self.where) as z:
            path = [n for n in z.namelist() if os.path.basename(n) == name][0]
            return json.loads(z.read(path).decode("utf-8-sig"))

    def add(self, r):
        kind = r["resourceType"]
        if kind == "StructureDefinition" and (r.get("derivation") != "constraint" or r["kind"] == "complex-type"):
            self.structures.setdefault(r["id"], r)
        elif kind == "ValueSet":
            self.valuesets.setdefault(r["url"], r)
        elif kind == "CodeSystem":
            self.systems.setdefault(r["url"], r)

    # -- value sets: {system: set of codes} ---------------------------------------------------------------

    def all_codes(self, system):
        out = []

        def walk(concepts, above):
            for c in concepts:
                out.append((c["code"], above))
                walk(c.get("concept", []), above + [c["code"]])
                for p in c.get("property", []):
                    if p.get("code") == "subsumedBy":
                        out.append((c["code"], above + [p.get("valueCode")]))
        if system not in self.systems:
            raise KeyError(system)
        walk(self.systems[system].get("concept", []), [])
        return out

    def included(self, inc):
        got = {}
        for url in inc.get("valueSet", []):
            for s, codes in self.expand(url).items():
                got.setdefault(s, set()).update(codes)
        system = inc.get("system")
        if system is None:
            return got
        if "concept" in inc:
            codes = {c["code"] for c in inc["concept"]}
        else:
            every = self.all_codes(system)
            codes = {c for c, _ in every}
            for f in inc.get("filter", []):
                if f["op"] == "is-a":
                    codes &= {c for c, above in every if c == f["value"] or f["value"] in above}
                elif f["op"] == "descendent-of":
                    codes &= {c for c, above in every if f["value"] in above}
                else:
                    raise KeyError("filter " + f["op"])
        got.setdefault(system, set()).update(codes)
        return got

    def expand(self, url):
        v = self.valuesets[url.split("|")[0]]
        got = {}
        for inc in v.get("compose", {}).get("include", []):
            for s, codes in self.included(inc).items():
                got.setdefault(s, set()).update(codes)
        for exc in v.get("compose", {}).get("exclude", []):
            for s, codes in self.included(exc).items():
                got[s] = got.get(s, set()) - codes
        return got


def short(url):
    return url.split("|")[0].rsplit("/", 1)[-1]


class Tables:
    def __init__(self, defs):
        self.defs = defs
        self.blocks, self.rules, self.wanted_sets = [], [], {}
        self.done, self.queue = set(), []

    def want(self, name):
        if name not in self.done and name not in self.queue and name in self.defs.structures:
            self.queue.append(name)

    def run(self, names):
        self.queue = list(names) + ["Meta", "Narrative", "Extension"]  # what every resource has
        while self.queue:
            name = self.queue.pop(0)
            self.done.add(name)
            self.structure(self.defs.structures[name])

    def types_of(self, e):
        """The types column, with the targets of references."""
        if "contentReference" in e:
            return "@" + e["contentReference"].split("#")[1]
        out = []
        for t in e["type"]:
            code = t["code"]
            if code.startswith("http://hl7.org/fhirpath/"):
                code = {"Extension.url": "uri"}.get(e["path"], "string")
            targets = sorted({short(p) for p in t.get("targetProfile", [])} & set(self.defs.structures))
            # A constrained datatype of the specification is a type of its own: SimpleQuantity, MoneyQuantity.
            for p in t.get("profile", []):
                if p.startswith(SD) and short(p) in self.defs.structures:
                    code = short(p)
            if targets and "Resource" not in targets:
                code += "(" + ",".join(targets) + ")"
            out.append(code)
            self.want(code.split("(")[0])
        return "|".join(out)

    def structure(self, sd):
        name, root = sd["id"], sd["type"]
        if sd["kind"] == "primitive-type":
            self.blocks.append((name, "primitive", []))
            return
        if sd.get("abstract"):
            return
        elements = [e for e in sd["snapshot"]["element"] if e["path"] not in NOT_OF_R4]
        parents = {e["path"].rsplit(".", 1)[0] for e in elements if "." in e["path"]}
        own = {}
        base = "Element"
        if sd["kind"] == "resource":
            base = "DomainResource" if sd["baseDefinition"].endswith("/DomainResource") else "Resource"
        elif sd["baseDefinition"].endswith("/BackboneElement"):
            base = "BackboneElement"
        for e in elements:
            path = name + e["path"][len(root):]
            if e["path"] in parents or "." not in e["path"]:
                b = base
                if "." in e["path"]:
                    b = "BackboneElement" if e["type"][0]["code"] == "BackboneElement" else "Element"
                own[path] = (b, [])
            self.constraints(path, e, sd)
            if "." not in e["path"]:
                continue
            parent, last = path.rsplit(".", 1)
            if last in BASES[own[parent][0]]:
                if e["path"].count(".") == 1 or last in ("id", "extension", "modifierExtension"):
                    continue
            types = "@" + path if e["path"] in parents else self.types_of(e)
            binding = e.get("binding", {})
            valueset = ""
            if binding.get("strength") == "required" and "valueSet" in binding:
                valueset = short(binding["valueSet"])
                self.wanted_sets[valueset] = binding["valueSet"].split("|")[0]
            flags = "m" if e.get("isModifier") else ""
            own[parent][1].append((last, "%d..%s" % (e["min"], e["max"]), types, valueset, flags))
        for path, (b, rows) in own.items():
            self.blocks.append((path, b, rows))

    def constraints(self, path, e, sd):
        for c in e.get("constraint", []):
            source = short(c.get("source", sd["id"]))
            # Every element has ele-1 and every extension ext-1: once is enough.
            if c["severity"] != "error" or c["key"] == "ele-1" or (c["key"] == "ext-1" and path != "Extension"):
                continue
            if c["key"].startswith("dom-") and sd["id"] != "DomainResource":
                continue
            # Of a constrained datatype the predicate is that of the type where it comes from.
            self.rules.append((path, c["key"], c.get("human", ""), source if "." not in path else sd["id"]))

    # -- writing ------------------------------------------------------------------------------------------

    def write(self):
        with open(os.path.join(HERE, "elements.tsv"), "w", encoding="utf-8") as f:
            f.write(HEAD)
            others = [(n, "other", []) for n, s in self.defs.structures.items()
                      if s["kind"] == "resource" and n not in self.done and not s.get("abstract")]
            roots = [("Element", "Element", []), ("Resource", "any", [])]
            # In the order of their names, as the compiled table is searched.
            for path, base, rows in sorted(self.blocks + others + roots):
                f.write("=%s\t%s\n" % (path, base))
                for row in rows:
                    f.write("\t".join(row).rstrip("\t") + "\n")
        with open(os.path.join(HERE, "valuesets.tsv"), "w", encoding="utf-8") as f:
            f.write(HEAD)
            for name in sorted(self.wanted_sets):
                if name in BY_FORM:
                    f.write("%s\tform\n" % name)
                    continue
                for system, codes in sorted(self.defs.expand(self.wanted_sets[name]).items()):
                    if codes:
                        f.write("%s\t%s\t%s\n" % (name, system, " ".join(sorted(codes))))
        with open(os.path.join(HERE, "invariants.tsv"), "w", encoding="utf-8") as f:
            f.write(HEAD)
            for path, key, human, source in sorted(self.rules):
                f.write("%s\t%s\t%s\t%s\n" % (path, key, source, " ".join(human.split())))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(os.path.join(HERE, "types.txt"), encoding="utf-8") as f:
        names = [line.strip() for line in f if line.strip() and not line.startswith("#")]
    tables = Tables(Definitions(sys.argv[1]))
    # Of this abstract type the invariants alone are of use.
    domain = tables.defs.structures["DomainResource"]
    for e in domain["snapshot"]["element"]:
        tables.constraints(e["path"], e, domain)
    tables.run(names)
    tables.write()


if __name__ == "__main__":
    main()
