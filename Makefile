# Two commands: `make test` checks everything, `make report` runs the harness and builds its page.
# Each makes what it needs first, in .venv; the second time that is a matter of seconds.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV   := .venv
BIN    := $(VENV)/bin
PYTHON := $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
# A compiler that is there has to succeed; without one the library is plain Python.
BUILD  := $(if $(shell command -v $(CC) 2>/dev/null),MINI_AUTOGRAD_REQUIRE_COMPILED=1)
CORE   := $(shell find mini_autograd \( -name '*.pxd' -o -name '*.pyx' \) 2>/dev/null)
CORE   += $(wildcard $(patsubst %.pxd,%.py,$(filter %.pxd,$(CORE))))

PROGRAMS ?= 2000
SEED     ?= 0
ROUNDS   ?= 40
HISTORY  ?= 10
MINUTES  ?= 60
NIGHTS   ?= 365
RUNS     ?= runs
SITE     ?= site
OUT      ?= gpu-check

.PHONY: help report nightly gpu-check picture recording test lint build sanitize clean

help:
	@echo "make report  run $(PROGRAMS) programs on both libraries and build the page $(SITE)/index.html;"
	@echo "             PROGRAMS=, SEED= and ROUNDS= (of the timings) choose others"
	@echo "make nightly  a campaign, the scoreboard of ops, a sample of mutants and timings in $(MINUTES) minutes, and the"
	@echo "             site of the last $(NIGHTS) runs; MINUTES=, PROGRAMS= and SEED= choose others, RESUME=$(RUNS)/RUN goes"
	@echo "             on with one. It fails only where something broke: what is new or slower since the run before"
	@echo "             is in $(SITE)/regressions.md, which is there only then"
	@echo "make gpu-check  all that is to be known of a GPU that is here, in ten minutes: what is known is in $(OUT)/,"
	@echo "             a run in $(RUNS)/"
	@echo "make test    lint, types, layers and all tests, plain and compiled"
	@echo "make lint    the first three of these"
	@echo "make picture what the README shows, of the newest run"
	@echo "make recording  what torch shows of the corpus, for machines without it"
	@echo "make sanitize  call the compiled loops with anything, compiled to stop at what lies beyond an array"
	@echo "make build   compile the library's core in place"
	@echo "make clean   delete what was built, but for $(VENV) and $(RUNS)"

$(VENV)/.installed: pyproject.toml setup.py
	@test -n "$(PYTHON)" || { echo "make: Python 3.11 or newer is needed, and none was found" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "make: $(PYTHON) has no venv module (Debian: apt-get install python3-venv)" >&2; exit 1; }
	test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[conformance,reports,dev]'
	@touch $@

$(VENV)/.built: $(VENV)/.installed $(CORE)
	$(BUILD) $(BIN)/python setup.py --quiet build_ext --inplace
	@$(BIN)/python -c 'import mini_autograd; print("mini_autograd:", "compiled" if mini_autograd.__compiled__ \
		else "plain Python (nothing compiled)")'
	@touch $@

build: $(VENV)/.built

# Status 1 of the first command says that the libraries differ: that is what the page is for.
report: build
	@$(BIN)/python -m conformance run --programs $(PROGRAMS) --seed $(SEED) --rounds $(ROUNDS) --runs $(RUNS) \
		|| test $$? -eq 1
	@$(BIN)/python -m reports build $$(ls -d $(RUNS)/*/ | tail -n $(HISTORY)) --out $(SITE)

# Status 1 of the first command says that the libraries differ, which the site is for. A step that broke makes this fail,
# but first what the others found is put into the site.
nightly: build
	@$(BIN)/python -m conformance nightly --minutes $(MINUTES) --runs $(RUNS) $(call given,PROGRAMS,--programs) \
		$(call given,SEED,--seed) $(if $(RESUME),--resume $(RESUME)); status=$$?; \
	$(BIN)/python -m reports build $$(ls -d $(RUNS)/*/ | tail -n $(NIGHTS)) --out $(SITE) || status=2; \
	test $$status -le 1

# An option, where the variable is set by whoever calls make and not above.
given = $(if $(filter-out file undefined,$(origin $(1))),$(2) $($(1)))

# On a machine that has what is needed and lets nothing be installed: whatever Python has torch there. MINI_AUTOGRAD_CUDA=host
# tries it all on an emulated device.
gpu-check:
	@$(if $(wildcard $(BIN)/python),$(BIN)/python,python3) -m conformance gpu --runs $(RUNS) --out $(OUT) \
		$(if $(MINI_AUTOGRAD_CUDA),--smoke)

# What the README shows, of the newest run.
picture: build
	@$(BIN)/python -m conformance show $$(ls -d $(RUNS)/*/ | tail -n 1) --svg docs/run.svg || test $$? -eq 1

# What torch shows of the corpus and of drawn programs, for machines without it.
recording: build
	$(BIN)/python -m conformance record --subject torch --drawn 300 --decidable-for mini_autograd \
		--out conformance/recordings/torch.jsonl.gz

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The library's own tests run twice; the whole suite comes last, on the compiled core.
test: build lint
	MINI_AUTOGRAD_PURE=1 $(BIN)/pytest -n auto tests/mini_autograd
	$(BIN)/pytest -n auto tests conformance

# The loops in a copy of the tree, compiled to stop at a read or write beyond an array, and called with anything.
sanitize: build
	rm -rf build/sanitized
	mkdir -p build/sanitized
	cp -r mini_autograd tests setup.py pyproject.toml README.md LICENSE build/sanitized
	find build/sanitized -name '*.so' -delete
	cd build/sanitized && CFLAGS="-fsanitize=address" LDFLAGS="-fsanitize=address" \
		MINI_AUTOGRAD_REQUIRE_COMPILED=1 ../../$(BIN)/python setup.py --quiet build_ext --inplace
	cd build/sanitized && LD_PRELOAD=$$($(CC) -print-file-name=libasan.so) ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 \
		../../$(BIN)/python -m tests.mini_autograd.kernel_fuzz 200000

clean:
	rm -rf build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache $(SITE)
	find mini_autograd -name '*.so' -delete
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f $(VENV)/.built
