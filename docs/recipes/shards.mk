# Audits a tree in N parts and merges them into the report of one run:
#   make -j4 -f shards.mk TREE=linux N=8 OUT=report
# The first part runs alone and fills the cache; the others, at once, take the facts from it.
TREE ?= .
N ?= 4
OUT ?= gfp-audit-report
CACHE ?= $(OUT)/cache
GFP_AUDIT ?= gfp-audit
AUDIT_FLAGS ?= --jobs 1 --no-progress

first := $(OUT)/part-1.json
others := $(patsubst %,$(OUT)/part-%.json,$(filter-out 1,$(shell seq $(N))))

$(OUT)/report.json: $(first) $(others)
	$(GFP_AUDIT) merge $^ --fail-on never --output $@

$(others): | $(first)

$(OUT)/part-%.json:
	mkdir -p $(OUT)
	$(GFP_AUDIT) audit $(TREE) --shard $*/$(N) --format json --fail-on never --cache-dir $(CACHE) $(AUDIT_FLAGS) --output $@
