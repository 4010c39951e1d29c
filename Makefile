# osilab: a protocol lab for Linux.
#
#   make            build everything into build/
#   make demo       install what is missing, build, run the main job on real traffic
#   make test       unit, golden, command line, dialogue, lab and peer tests (under five minutes)
#   make check      longer work: sanitizers, fuzzing, leak runs
#   make bench      speed, measured beside the tools people know
#   make install    programs, manual pages, completion, under PREFIX (/usr/local)
#   make unit-ROOM  build and run the unit tests of one room
#   SAN=1           with AddressSanitizer and UndefinedBehaviorSanitizer (its own build folder)
#   TSAN=1          with ThreadSanitizer (likewise)

VERSION := 0.1.0

# --- The architecture -------------------------------------------------------------------------------
# A room is a folder of src/ with one purpose.  It may include `base` and the rooms its line names,
# nothing else; tests/rooms.sh holds the code against these lines.
ROOMS := base script net wire http http2 tls token auth echo web load talk compare trace render link lab

uses.base   :=
uses.script := base
uses.net    := base
uses.wire   := base
uses.http   := base
uses.http2  := base http
uses.tls    := base net
uses.token  := base tls
uses.auth   := base net http tls token
uses.echo   := base net
uses.web    := base net http http2 tls token auth
uses.load   := base net http tls
uses.talk   := base net tls
uses.compare := base echo
uses.trace  := base script wire http http2 tls token
uses.render := base wire http trace
uses.link   := base net wire
uses.lab    := base script net link wire trace render

# A program is one file of tools/; its line names the rooms it wires together.
TOOLS := osilab echo talk load compare serve trace ca user doctor demo link lab

tool.osilab := base
tool.echo   := base net echo
tool.talk   := base talk
tool.load   := base load
tool.compare := base compare
tool.serve  := base net tls token auth web
tool.trace  := base net tls token trace render
tool.ca     := base tls
tool.user   := base auth
tool.doctor := base lab
tool.demo   := base lab
tool.link   := base net link
tool.lab    := base lab

# Third-party libraries, one owner each.
# Not every distribution calls Lua 5.4 the same; pkg-config comes with its headers where the name is another.
libs.script := $(or $(shell pkg-config --libs lua5.4 2>/dev/null || pkg-config --libs lua-5.4 2>/dev/null \
	|| pkg-config --libs lua 2>/dev/null),-llua5.4)
libs.net   := -lpthread -lseccomp -luring
libs.http2 := -lnghttp2
libs.tls   := -lssl -lcrypto -lpthread
libs.token := -ljwt -ljansson
libs.auth  := -lsqlite3 -lcrypto -lpthread -lhiredis
libs.echo  := -luring -lpthread
libs.web   := -lpthread -lz -lsqlite3 -ljansson
libs.load  := -lm -lpthread
libs.render := -lpthread
libs.compare := -ljansson -lm
libs.trace := -lpcap -lz
libs.lab   := -lm

# --- How to build -----------------------------------------------------------------------------------
CC     ?= cc
BUILD  ?= build
CFLAGS ?= -O2 -g
ARFLAGS := rcs

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla -Wundef \
	-Wformat=2 -Wwrite-strings -Wno-unused-parameter -Wno-format-nonliteral \
	-Wno-missing-field-initializers
HARDEN := -fstack-protector-strong -fPIE
HARDEN_LD := -pie -Wl,-z,relro,-z,now,-z,noexecstack
ifeq ($(SAN),1)
override BUILD := $(BUILD)/san
HARDEN += -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
HARDEN_LD += -fsanitize=address,undefined
else ifeq ($(TSAN),1)
override BUILD := $(BUILD)/tsan
HARDEN += -fsanitize=thread -fno-omit-frame-pointer
HARDEN_LD += -fsanitize=thread
else
HARDEN += -D_FORTIFY_SOURCE=2 -fstack-clash-protection
endif
ALL_CFLAGS := -std=gnu17 -D_GNU_SOURCE -DOSILAB_VERSION='"$(VERSION)"' -Isrc $(WARN) $(HARDEN) $(CFLAGS) -MMD -MP

O := $(BUILD)/obj
B := $(BUILD)/bin

# The rooms a room needs, itself included, and what they link with.
closure = $(sort $(1) $(foreach r,$(uses.$(1)),$(call closure,$(r))))
closures = $(sort $(foreach r,$(1),$(call closure,$(r))))
archives = $(foreach r,$(1),$(BUILD)/lib/$(r).a)
link = -Wl,--start-group $(call archives,$(1)) -Wl,--end-group -Wl,--as-needed $(sort $(foreach r,$(1),$(libs.$(r))))

PROGRAMS := $(B)/osilab $(foreach t,$(filter-out osilab,$(TOOLS)),$(B)/osilab-$(t)) $(B)/osilab-echo-watched

.PHONY: all
all: $(PROGRAMS)

define room_rules
$(BUILD)/lib/$(1).a: $(patsubst src/%.c,$(O)/src/%.o,$(wildcard src/$(1)/*.c))
endef
$(foreach r,$(ROOMS),$(eval $(call room_rules,$(r))))

$(BUILD)/lib/%.a:
	@mkdir -p $(@D)
	@rm -f $@
	$(AR) $(ARFLAGS) $@ $^

$(O)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c $< -o $@

# The names that fields can have, gathered from the decoders and notes that write them: one "name", a line.
GEN := $(BUILD)/gen
FIELD_NAMES := $(GEN)/field_names.h
$(FIELD_NAMES): $(wildcard src/wire/*.[ch]) $(filter-out src/trace/notes%,$(wildcard src/trace/*.[ch]))
	@mkdir -p $(@D)
	@grep -hoE '"[a-z][a-z0-9]*(\.[a-z0-9_]+)+"' $^ | LC_ALL=C sort -u | sed 's/$$/,/' >$@
$(O)/src/trace/display_names.o: $(FIELD_NAMES)
$(O)/src/trace/display_names.o: ALL_CFLAGS += -I$(GEN)

# The HTML page is edited as files and carried inside the program.
$(O)/src/render/html_page.o: $(wildcard src/render/page/*)

define tool_rules
$(if $(filter osilab,$(1)),$(B)/osilab,$(B)/osilab-$(1)): $(O)/tools/$(1).o $(call archives,$(call closures,$(tool.$(1))))
	@mkdir -p $$(@D)
	$$(CC) $$(HARDEN) $$(HARDEN_LD) $$(LDFLAGS) $$< $(call link,$(call closures,$(tool.$(1)))) -o $$@
endef
$(foreach t,$(TOOLS),$(eval $(call tool_rules,$(t))))

# The echo server once more, with every system call of its models led through src/echo/watched.c, which has a
# line that begins with WATCH for each.
WATCHED := $(shell sed -n 's/^WATCH[A-Z_]*.\([a-z0-9_]*\),.*/-Wl,--wrap=\1/p' src/echo/watched.c)
$(B)/osilab-echo-watched: $(O)/tools/echo.o $(call archives,$(call closures,$(tool.echo)))
	@mkdir -p $(@D)
	$(CC) $(HARDEN) $(HARDEN_LD) $(LDFLAGS) $(WATCHED) $< $(call link,$(call closures,$(tool.echo))) -o $@

# --- Tests ------------------------------------------------------------------------------------------
# tests/unit/ROOM/test_NAME.c is a program of its own, linked with the room and what the room may use.
unit_programs = $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/$(1)/test_*.c))
UNIT := $(foreach r,$(ROOMS),$(call unit_programs,$(r)))

define unit_rules
$(call unit_programs,$(1)): $(BUILD)/unit/%: $(O)/tests/unit/%.o $(call archives,$(call closure,$(1)))
	@mkdir -p $$(@D)
	$$(CC) $$(HARDEN) $$(HARDEN_LD) $$(LDFLAGS) $$< $(call link,$(call closure,$(1))) -lcmocka -o $$@
.PHONY: unit-$(1)
unit-$(1): $(call unit_programs,$(1))
	tests/run-unit.sh $(call unit_programs,$(1))
endef
$(foreach r,$(ROOMS),$(eval $(call unit_rules,$(r))))

.PHONY: unit
unit: $(UNIT)
	tests/run-unit.sh $(UNIT)

# Conformance runners and helpers of the dialogue tests: a program per file, with the rooms it needs.
aux.conformance/http_vectors := base http
aux.conformance/http_live    := base http net tls
aux.conformance/jwt_vectors  := base tls token
aux.conformance/captures     :=
aux.conformance/hostile      := base trace render
aux.dialog/serve             := base tls auth
aux.bench/capture            := base wire
aux.bench/measure            :=
aux.bench/sessions           := base auth
aux.bench/redis              := base auth
aux.fuzz/seeds/captures      := base http trace
AUX := conformance/http_vectors conformance/http_live conformance/jwt_vectors conformance/captures \
	conformance/hostile dialog/serve bench/capture bench/measure bench/sessions bench/redis fuzz/seeds/captures

define aux_rules
$(BUILD)/$(1): $(O)/tests/$(1).o $(call archives,$(call closures,$(aux.$(1))))
	@mkdir -p $$(@D)
	$$(CC) $$(HARDEN) $$(HARDEN_LD) $$(LDFLAGS) $$< $(call link,$(call closures,$(aux.$(1)))) -ljansson $(if $(findstring bench/redis,$(1)),-lhiredis) -o $$@
endef
$(foreach a,$(AUX),$(eval $(call aux_rules,$(a))))

# Fuzz targets: tests/fuzz/ROOM_NAME.c, built with clang's libFuzzer; see tests/fuzz/run.sh.  What they share is
# compiled once.
FUZZ := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
FUZZ_CC ?= clang
FUZZ_SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_FLAGS := -std=gnu17 -D_GNU_SOURCE -DOSILAB_VERSION='"$(VERSION)"' -Isrc -I$(GEN) -O1 -g -MMD -MP \
	-fsanitize=fuzzer-no-link $(FUZZ_SAN)
FO := $(BUILD)/fuzz/obj
room_of = $(firstword $(subst _, ,$(1)))
fuzz_objects = $(patsubst %.c,$(FO)/%.o,tests/fuzz/$(1).c $(foreach r,$(call closure,$(call room_of,$(1))),$(wildcard src/$(r)/*.c)))

$(FO)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_FLAGS) -c $< -o $@
$(FO)/src/trace/display_names.o: $(FIELD_NAMES)

define fuzz_rules
$(BUILD)/fuzz/$(1): $(call fuzz_objects,$(1))
	@mkdir -p $$(@D)
	$$(FUZZ_CC) -fsanitize=fuzzer $$(FUZZ_SAN) $$^ \
		$$(sort $$(foreach r,$(call closure,$(call room_of,$(1))),$$(libs.$$(r)))) -o $$@
endef
$(foreach f,$(FUZZ),$(eval $(call fuzz_rules,$(f))))

# --- What people call -------------------------------------------------------------------------------
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
AGAIN = +$(MAKE) --no-print-directory -j$(JOBS)
FUZZ_SECONDS ?= 20

.PHONY: deps demo test golden keys cli dialog labs peers check fuzz bench conformance clean install

deps:
	@sh tools/deps.sh

# Under sudo only the installing and the set-up of networks are root's: the build belongs to who called.
# sudo keeps no MAKEFLAGS, so what was set on the command line is said again.
HASH := \#
AS_CALLER := $(if $(SUDO_UID),$(if $(filter 0,$(shell id -u)),sudo -u '$(HASH)$(SUDO_UID)' -- ))
BUILD_ALL = $(AS_CALLER)$(MAKE) --no-print-directory -j$(JOBS) -s $(MAKEOVERRIDES)

demo: deps
	@$(MAKE) -q all >/dev/null 2>&1 || echo 'building into $(BUILD)/ ...'
	@$(BUILD_ALL) all
	@$(B)/osilab demo --out out/demo

# Every suite closes with "N passed, N failed"; so does the sum of them.
test: deps
	@$(BUILD_ALL) all $(UNIT) $(BUILD)/dialog/serve
	@BUILD=$(BUILD) sh tests/run.sh peers labs cli dialog unit keys golden deps rooms

dialog: $(BUILD)/dialog/serve
golden keys cli dialog labs peers: all
	@BUILD=$(BUILD) sh tests/run.sh $@

# Whole loads; and what two threads do to one descriptor is no order for what they do to memory.
check: export OSILAB_FULL := 1
check: export TSAN_OPTIONS := io_sync=0:halt_on_error=1
check:
	@sh tools/deps.sh --check
	@$(AGAIN) -s SAN=1 test
	@$(AGAIN) -s TSAN=1 unit-echo
	@$(AGAIN) fuzz

# Speed, side by side with the tools people know; each can be run alone.  See tests/bench/.
.PHONY: bench-deps bench-parser bench-trace bench-load bench-echo bench-store bench-serve
bench: bench-parser bench-trace bench-load bench-echo bench-store bench-serve
bench-deps:
	@sh tools/deps.sh --bench
bench-parser: bench-deps
	@$(MAKE) --no-print-directory -s $(BUILD)/bench/parser
	@$(BUILD)/bench/parser
bench-trace: all $(BUILD)/bench/capture $(BUILD)/bench/measure
	@BUILD=$(BUILD) sh tests/bench/trace.sh
bench-store: $(BUILD)/bench/sessions $(BUILD)/bench/redis
	@BUILD=$(BUILD) sh tests/bench/store.sh
bench-load: bench-deps all $(BUILD)/bench/measure
	@BUILD=$(BUILD) sh tests/bench/load.sh
bench-echo: bench-deps all
	@$(MAKE) --no-print-directory $(BENCH_PEERS)
	@BUILD=$(BUILD) sh tests/bench/echo.sh

bench-serve: bench-deps all $(BUILD)/bench/bare_http
	@BUILD=$(BUILD) sh tests/bench/serve.sh

# What others would have written: tests/bench/peers/NAME.c, linked with the library NAME begins with.
BENCH_PEERS := $(patsubst tests/bench/peers/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/peers/*.c))
$(BUILD)/bench/libuv_%: tests/bench/peers/libuv_%.c
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -D_GNU_SOURCE $(WARN) $(CFLAGS) $< -luv -o $@
$(BUILD)/bench/bare_%: tests/bench/peers/bare_%.c
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -D_GNU_SOURCE $(WARN) $(CFLAGS) $< -o $@
$(BUILD)/bench/libevent_%: tests/bench/peers/libevent_%.c
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -D_GNU_SOURCE $(WARN) $(CFLAGS) $< -levent -o $@

# The parser beside libraries that read HTTP.  PICO=FILE is a picohttpparser.c of yours: its objects are named after
# how they are compiled, and so is the one function kept of each.
PICO_O := $(if $(PICO),$(BUILD)/bench/pico_plain.o $(BUILD)/bench/pico_avx2.o)
$(BUILD)/bench/pico_plain.o: PICO_FLAGS := -O2
$(BUILD)/bench/pico_avx2.o: PICO_FLAGS := -O3 -mavx2
$(BUILD)/bench/pico_%.o: $(PICO)
	@mkdir -p $(@D)
	$(CC) $(PICO_FLAGS) -c $< -o $@
	objcopy --redefine-sym phr_parse_request=pico_$* --keep-global-symbol=pico_$* $@
$(BUILD)/bench/parser: $(wildcard tests/bench/parser*.[ch]) $(PICO_O) $(call archives,$(call closure,http)) Makefile
	$(CC) $(ALL_CFLAGS) $(if $(PICO),-DPICO='"$(PICO:.c=.h)"') $(filter %.c %.o,$^) $(HARDEN_LD) $(LDFLAGS) \
		$(call link,$(call closure,http)) -lhttp_parser -o $@

fuzz: $(addprefix $(BUILD)/fuzz/,$(FUZZ)) $(BUILD)/fuzz/seeds/captures
	@BUILD=$(BUILD) sh tests/fuzz/run.sh $(FUZZ_SECONDS) $(addprefix $(BUILD)/fuzz/,$(FUZZ))

# Cases that live outside this project: SHARED names the folder that holds vectors/ and captures/.
conformance: all $(addprefix $(BUILD)/,$(AUX))
	@BUILD=$(BUILD) SHARED='$(SHARED)' sh tests/conformance/run.sh

# The manual pages come from the same tables as --help.
MAN := $(foreach t,$(filter-out osilab,$(TOOLS)),$(BUILD)/man/osilab-$(t).1)

$(BUILD)/man/%.1: $(B)/%
	@mkdir -p $(@D)
	@$< --osilab-man >$@

PREFIX  ?= /usr/local
DESTDIR ?=

install: all $(MAN)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	install -m 644 docs/man/osilab.1 $(MAN) $(DESTDIR)$(PREFIX)/share/man/man1
	find docs/labs -type f | while read -r f; do \
		install -D -m 644 "$$f" "$(DESTDIR)$(PREFIX)/share/osilab/$${f#docs/}" || exit 1; done
	install -m 644 docs/completion/osilab.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/osilab

.PHONY: format
format:
	clang-format -i $$(git ls-files '*.[ch]')

clean:
	rm -rf $(BUILD) out

-include $(shell find $(O) $(FO) -name '*.d' 2>/dev/null)
