# wardwire. `make` builds, `make demo` shows, `make check` tests; both of the latter install what they need.
# Everything made goes below $(BUILD).

BUILD   ?= build
VERSION := $(shell cat VERSION)
CC      ?= gcc
# The layers, lowest first. A layer includes only what stands to its left (make layers); each is an archive.
LAYERS  := base codec model store link config mappers rules apply courier report rest
PKGS    := libevent libevent_pthreads libssl libcrypto libcjson libxml-2.0 zlib sqlite3 libcurl libcyaml yaml-0.1

WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wcast-qual -Wwrite-strings -Wpointer-arith -Wformat=2 \
	-Wundef -Wvla -Wswitch-enum -Wnull-dereference -Wdouble-promotion -Wimplicit-fallthrough
HARDEN  := -fstack-protector-strong -fPIE
OPT     ?= -O2 -g -D_FORTIFY_SOURCE=2
# Under the sanitizers gcc warns of what cannot happen; the plain build is the one that is held to it.
ifdef CI
ifndef SANITIZE
WARN    += -Werror
endif
endif
ifdef SANITIZE
OPT     := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
LDSAN   := -fsanitize=address,undefined
endif

CPPFLAGS += -D_POSIX_C_SOURCE=200809L -DWW_VERSION='"$(VERSION)"' -Iinclude -Iengine -I. -I$(BUILD)
CFLAGS   += -std=c11 $(OPT) $(WARN) $(HARDEN) -pthread
LDFLAGS  += -pie -Wl,-z,relro,-z,now -pthread $(LDSAN)
LDLIBS   += $(shell pkg-config --libs $(PKGS) 2>/dev/null)
CPPFLAGS += $(shell pkg-config --cflags $(PKGS) 2>/dev/null)

# -- sources --------------------------------------------------------------------------------------------
src_of   = $(sort $(wildcard $(1)))
SRC_mappers := $(call src_of,mappers/*.c mappers/*/*.c)
$(foreach l,$(filter-out mappers,$(LAYERS)),$(eval SRC_$(l) := $(call src_of,engine/$(l)/*.c)))
SRC_main := $(call src_of,engine/main/*.c)
SRC_kit  := $(call src_of,engine/kit/*.c)
# A build in which tests can kill the engine at named places: make BUILD=build-fault FAILPOINTS=1
ifdef FAILPOINTS
CPPFLAGS += -DWW_FAILPOINTS
SRC_base += tests/faults/failpoint.c
endif
obj_of   = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
ARCHIVES := $(foreach l,$(LAYERS),$(BUILD)/lib/libww_$(l).a)
LIB      := $(BUILD)/libwardwire.a
# The kit without its main, so that tests can link it.
KIT_LIB  := $(BUILD)/lib/libww_kit.a
MAIN_LIB := $(BUILD)/lib/libww_main.a
# What tests put in the place of the world: a disk, and SQLite's way to it.
SIM_LIB := $(BUILD)/lib/libww_sim.a

UNIT    := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
CORPUSES := $(patsubst tests/corpus/%.c,$(BUILD)/tests/%,$(wildcard tests/corpus/*.c))
BENCHES := $(patsubst tests/bench/%.c,$(BUILD)/tests/%,$(wildcard tests/bench/*.c))
PERF    := $(addprefix $(BUILD)/perf/,floor load sink rows crowd posts)
# Fuzz targets with seeds of their own: tests/fuzz/corpus/NAME.
REPLAYS := $(patsubst tests/fuzz/corpus/%,$(BUILD)/replay/%,$(wildcard tests/fuzz/corpus/*))
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
GEN     := $(addprefix $(BUILD)/gen/,charlson_groups.inc charlson_weights.inc lace.inc us_federal.inc readmission.inc ccs_icd10cm.inc ccs_icd10pcs.inc planned_icd10cm.inc planned_icd10pcs.inc dm_elig.inc fhir_types.inc fhir_rules.inc)
GEN     += $(BUILD)/gen/programs.inc
GEN     += $(addprefix $(BUILD)/gen/,elixhauser_groups.inc elixhauser_weights.inc hospital.inc hospital_codes.inc)

.PHONY: all demo check test asan faults mutants release-tests corpus layers headers format fuzz bench crowd interop bulk rosters setup clean
.DELETE_ON_ERROR:

all: $(BUILD)/wardwire $(BUILD)/wardwire-kit $(LIB)

$(BUILD)/wardwire: $(MAIN_LIB) $(LIB)
	$(CC) $(LDFLAGS) -o $@ $(MAIN_LIB) $(LIB) $(LDLIBS)
$(BUILD)/wardwire-kit: $(call obj_of,engine/kit/main.c) $(KIT_LIB) $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# One archive of all layers, for programs that embed the engine.
$(LIB): $(ARCHIVES)
	@rm -f $@
	printf 'create $@\n$(foreach a,$(ARCHIVES),addlib $(a)\n)save\nend\n' | ar -M

define archive
$(BUILD)/lib/libww_$(1).a: $$(call obj_of,$$(SRC_$(1)))
	@mkdir -p $$(@D) && rm -f $$@
	ar rcs $$@ $$^
endef
$(foreach l,$(LAYERS) main,$(eval $(call archive,$(l))))
$(KIT_LIB): $(call obj_of,$(filter-out engine/kit/main.c,$(SRC_kit)))
	@mkdir -p $(@D) && rm -f $@
	ar rcs $@ $^

$(BUILD)/obj/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Code tables: data for people in profiles/, compiled in.
$(BUILD)/gen/charlson_groups.inc: profiles/codes/charlson-groups.csv
$(BUILD)/gen/charlson_weights.inc: profiles/codes/charlson-weights.csv
$(BUILD)/gen/elixhauser_groups.inc: profiles/codes/elixhauser-groups.csv
$(BUILD)/gen/elixhauser_weights.inc: profiles/codes/elixhauser-weights.csv
$(BUILD)/gen/lace.inc: profiles/codes/lace.csv
$(BUILD)/gen/hospital.inc: profiles/codes/hospital.csv
$(BUILD)/gen/hospital_codes.inc: profiles/codes/hospital-codes.csv
$(BUILD)/gen/readmission.inc: profiles/codes/readmission.csv
$(BUILD)/gen/%.inc: engine/rules/codes.awk
	@mkdir -p $(@D)
	awk -f engine/rules/codes.awk -v table=$* $(filter %.csv,$^) > $@
# Tables of codes of their own shape: what a code stands for.
$(BUILD)/gen/ccs_%.inc: profiles/codes/ccs-%.csv engine/rules/code_table.awk
	@mkdir -p $(@D)
	awk -f engine/rules/code_table.awk -v head=codes,ccs $< > $@
$(BUILD)/gen/planned_%.inc: profiles/codes/planned-%.csv engine/rules/code_table.awk
	@mkdir -p $(@D)
	awk -f engine/rules/code_table.awk -v head=codes,list $< > $@
$(BUILD)/gen/dm_elig.inc: profiles/codes/dm-elig.csv engine/rules/code_table.awk
	@mkdir -p $(@D)
	awk -f engine/rules/code_table.awk -v head=codes,condition $< > $@
$(BUILD)/gen/us_federal.inc: engine/model/calendar.awk profiles/calendars/us-federal.csv
	@mkdir -p $(@D)
	awk -f $^ > $@
# Programs that come with the engine.
PROGRAMS := $(wildcard profiles/programs/*.yaml)
$(BUILD)/gen/programs.inc: engine/config/embed.sh $(PROGRAMS)
	@mkdir -p $(@D)
	sh engine/config/embed.sh $(PROGRAMS) > $@
# What FHIR R4 says of its types.
FHIR_TABLES := $(addprefix profiles/fhir/,elements.tsv valuesets.tsv invariants.tsv)
$(BUILD)/gen/fhir_%.inc: engine/codec/fhir_tables.awk $(FHIR_TABLES)
	@mkdir -p $(@D)
	awk -f engine/codec/fhir_tables.awk -v want=$* $(FHIR_TABLES) > $@

# -- tests ----------------------------------------------------------------------------------------------
$(SIM_LIB): $(call obj_of,$(call src_of,tests/sim/*.c))
	@mkdir -p $(@D) && rm -f $@
	ar rcs $@ $^
UNIT_LIBS := $(SIM_LIB) $(KIT_LIB) $(MAIN_LIB) $(LIB)
$(BUILD)/tests/%: tests/unit/%.c $(UNIT_LIBS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests -Itests/unit $(CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $(UNIT_LIBS) $(LDLIBS) $(shell pkg-config --libs check)
# Tests in which memory runs out. In the second our own calls alone fail: libevent 2.1 uses what it could not allocate when
# it makes a connection. So it is in both under the sanitizers, which keep malloc for themselves.
OURS := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
$(BUILD)/tests/test_alloc_flow: $(MAIN_LIB)
$(BUILD)/tests/test_alloc_flow: private LDLIBS := $(MAIN_LIB) $(LIB) $(LDLIBS)
$(BUILD)/tests/test_alloc_flow $(BUILD)/tests/test_alloc_http $(BUILD)/tests/test_hl7v2_alloc: private LDFLAGS += $(OURS)
$(BUILD)/tests/test_sink_faults: private LDFLAGS += $(OURS),--wrap=recv,--wrap=send
ifdef SANITIZE
$(BUILD)/tests/test_alloc $(BUILD)/tests/test_alloc_tls $(BUILD)/tests/test_access_alloc $(BUILD)/tests/test_rest_alloc: private LDFLAGS += $(OURS)
endif
$(BUILD)/tests/%: tests/corpus/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests -Itests/unit $(CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $(LIB) $(LDLIBS) $(shell pkg-config --libs check)
$(BUILD)/tests/%: tests/bench/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $(LIB) $(LDLIBS)

# Shares no code with the engine.
$(BUILD)/tests/kills: tests/faults/kills.c tests/faults/sender.c tests/faults/sender.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.c,$^)

# Knows the truth of made-up hospitals; nothing of the engine in it.
$(BUILD)/tests/oracle: tests/tools/oracle.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $<
$(BUILD)/tests/test_worlds: $(BUILD)/tests/oracle

# The other ends of the speed measurement: nothing of the engine in them.
$(BUILD)/perf/%: tests/perf/%.c tests/perf/perf.c tests/perf/perf.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -D_GNU_SOURCE $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.c,$^) $(LDLIBS)

# As many jobs as there are processors, unless the caller has said how many.
PARALLEL = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))

setup:
	@tests/tools/setup.sh

# One command on a bare Debian: installs, builds, plays a day.
demo: setup
	@$(MAKE) --no-print-directory -s $(PARALLEL) all
	@$(BUILD)/wardwire-kit demo --engine $(BUILD)/wardwire --samples samples/demo $(if $(STAY),--stay)

# One command on a bare Debian: installs, builds, tests.
check: setup
	@$(MAKE) --no-print-directory -s $(PARALLEL) test

test: all $(UNIT) $(BUILD)/tests/oracle $(REPLAYS) $(BUILD)/perf/crowd $(BUILD)/perf/load
	@BUILD=$(BUILD) tests/tools/run.sh

# The same under AddressSanitizer and UndefinedBehaviorSanitizer.
asan: setup
	@WW_CUTS=$${WW_CUTS:-150} $(MAKE) --no-print-directory -s $(PARALLEL) test BUILD=build-asan SANITIZE=1

# Killed processes, in a build that can be killed at named places. KILLS=N SEED=N: how many, and which.
KILLS   ?= 200
FAULT   := $(BUILD)-fault
faults: setup
	@$(MAKE) --no-print-directory -s $(PARALLEL) all
	@$(MAKE) --no-print-directory -s $(PARALLEL) all $(FAULT)/tests/kills BUILD=$(FAULT) FAILPOINTS=1
	@for t in tests/faults/[0-9]*.sh; do \
		BUILD=$(BUILD) FAULT=$(FAULT) KILLS=$(KILLS) sh $$t || { echo "$$t: failed"; exit 1; }; done
	@echo "faults: all passed"

# Planted bugs: each must be found by the test it names (tests/mutants).
mutants: setup
	@$(MAKE) --no-print-directory -s $(PARALLEL) all $(UNIT)
	@BUILD=$(BUILD) MAKE="$(MAKE)" tests/tools/mutants.sh

# Before a release, where hours do not matter: one command a line.
define RELEASE_TESTS
$(MAKE) -s faults KILLS=10000
$(MAKE) -s $(BUILD)/tests/test_alloc && CK_FORK=no WW_EVERY=1 $(BUILD)/tests/test_alloc
$(MAKE) -s $(BUILD)/tests/test_power && WW_CUTS=20000 $(BUILD)/tests/test_power
$(MAKE) -s $(BUILD)/tests/test_journal_power && WW_RUNS=1000 $(BUILD)/tests/test_journal_power
$(MAKE) -s $(BUILD)/tests/test_dir_work && WW_RUNS=10000 $(BUILD)/tests/test_dir_work
$(MAKE) -s $(BUILD)/tests/test_dir_out && WW_RUNS=20000 $(BUILD)/tests/test_dir_out
$(MAKE) -s $(BUILD)/tests/test_journal_bits && WW_BITS=524288 WW_BYTES=65536 $(BUILD)/tests/test_journal_bits
$(MAKE) -s $(BUILD)/tests/test_faults && WW_EVERY=1 $(BUILD)/tests/test_faults
$(MAKE) -s $(BUILD)/tests/test_worlds && CK_FORK=no WW_WORLDS=1000 $(BUILD)/tests/test_worlds
$(MAKE) -s crowd STRICT=1
$(MAKE) -s bulk STRICT=1
$(MAKE) -s rosters STRICT=1
$(MAKE) -s $(BUILD)/tests/test_soak && CK_FORK=no SOAK_SECONDS=3600 $(BUILD)/tests/test_soak
endef
export RELEASE_TESTS
release-tests: setup
	@echo "$$RELEASE_TESTS" | while read -r line; do \
		echo "release: $$line"; sh -c "$$line" </dev/null || exit 1; done
	@echo "release: all passed"

# Tests over data written by others: make corpus CORPUS=DIR
corpus: $(CORPUSES)
	@test -n "$(CORPUS)" || { echo "make corpus CORPUS=DIR"; exit 2; }
	@for t in $(CORPUSES); do $$t $(CORPUS) || exit 1; done

layers: all $(KIT_LIB)
	@BUILD=$(BUILD) tests/tools/layers.sh $(LAYERS)

# Every header compiles alone.
headers: $(GEN)
	@for h in $$(git ls-files -co --exclude-standard '*.h' | grep -v model_rows.h); do \
		$(CC) $(CPPFLAGS) -Itests/unit -std=c11 -Wall -Wextra -Werror -fsyntax-only -x c $$h || exit 1; done
	@echo "headers: every one compiles alone"

# White space. FIX=1 mends it.
format:
	@git ls-files -co --exclude-standard '*.c' '*.h' | xargs clang-format-14 --style=file $(if $(FIX),-i,--dry-run -Werror)
	@echo "format: good"

# Fuzz targets: make fuzz SECONDS=60
SECONDS ?= 10
FUZZ_SRC := $(foreach l,$(LAYERS),$(SRC_$(l))) $(filter-out engine/kit/main.c,$(SRC_kit))
$(BUILD)/fuzz/%: tests/fuzz/%.c $(BUILD)/fuzz/lib.a
	clang-14 $(CPPFLAGS) -Itests/unit -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined -o $@ $< $(BUILD)/fuzz/lib.a $(LDLIBS) -pthread
$(BUILD)/fuzz/lib.a: $(FUZZ_SRC) | $(GEN)
	@mkdir -p $(BUILD)/fuzz/obj && rm -f $@
	@for f in $(FUZZ_SRC); do o=$(BUILD)/fuzz/obj/$$(echo $$f | tr / _).o; \
		clang-14 $(CPPFLAGS) -std=c11 -g -O1 -fsanitize=fuzzer-no-link,address,undefined -pthread -c -o $$o $$f || exit 1; done
	ar rcs $@ $(BUILD)/fuzz/obj/*.o
# The same targets without a fuzzer, over their seeds and changed copies of them.
$(BUILD)/replay/%: tests/fuzz/fuzz_%.c tests/fuzz/replay.c $(KIT_LIB) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests/unit $(CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $(filter %.c %.a,$^) $(LDLIBS)
fuzz:
	@tests/tools/setup.sh clang-14 libclang-rt-14-dev
	@$(MAKE) --no-print-directory -s $(PARALLEL) $(FUZZERS)
	@for f in $(FUZZERS); do echo "$$f"; seeds=tests/fuzz/corpus/$${f##*/fuzz_}; mkdir -p $$f.found; [ -d $$seeds ] || seeds=; \
		$$f $$f.found $$seeds -max_total_time=$(SECONDS) -rss_limit_mb=2048 -timeout=10 -print_final_stats=0 >$$f.log 2>&1 || { tail -30 $$f.log; exit 1; }; done
	@echo "fuzz: $(words $(FUZZERS)) targets, $(SECONDS) s each, no finding"

# FHIR clients that others wrote, fetched from their registries, against a running engine.
interop: all
	@BUILD=$(BUILD) sh tests/interop/run.sh

# Ratios within one run; figures are recorded in docs/performance.md. FULL=1: also a million messages (half an hour).
bench: all $(BENCHES) $(PERF)
	@BUILD=$(BUILD) tests/bench/hl7v2.sh
	@for b in $(filter-out %/bench_hl7v2,$(BENCHES)); do $$b || exit 1; done
	@BUILD=$(BUILD) FULL=$(FULL) tests/perf/bench.sh
	@BUILD=$(BUILD) sh tests/perf/folders.sh
	@BUILD=$(BUILD) sh tests/perf/fhir.sh
	@BUILD=$(BUILD) tests/perf/crowd.sh

# Memory of ten thousand idle connections, and what they and a thousand slow senders do to a feed. STRICT=1 fails beyond the goals.
crowd: all $(PERF)
	@BUILD=$(BUILD) STRICT=$(STRICT) tests/perf/crowd.sh

# A million claims loaded from one file. N=LINES: how many. STRICT=1 fails when the memory grows with them.
bulk: all
	@BUILD=$(BUILD) N=$(or $(N),1000000) STRICT=$(STRICT) tests/perf/bulk.sh

# A million rows of a roster beside running intake: make rosters N=ROWS
rosters: all
	@BUILD=$(BUILD) N=$(or $(N),1000000) STRICT=$(STRICT) tests/perf/roster.sh

clean:
	rm -rf build build-asan build-fault

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
