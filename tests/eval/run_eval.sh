#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# run_eval.sh - measures the detectors against the targets of doc/SCIENCE.md D.5 and rewrites
# doc/EVALUATION.md.
#
#     tests/eval/run_eval.sh [--training] [--keep FOLDER] [--check]
#
# --training      training seeds only; the page goes to standard output, doc/ stays as it is
# --keep FOLDER   leave every run's labels, events and figures there; runs that are there already
#                 are not made again
# --check         print each target with its figure instead of the page; 1 if one is missed
#
# DNSMON_BUILD names the build folder (make check TESTS= there first).  --short is test_eval.sh.
# LIMITS: one run at a time; a campus of two weeks is some 20 million lines, a minute on two cores.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=lib_eval.sh
. "$(dirname "$0")/lib_eval.sh"

TRAINING_SEEDS=(1 2)
HELD_OUT_SEEDS=(101 102 103)
# What a run is asked to show: the campus, the side shows, the mail servers, the regression.
CAMPUS=(--clients 10000 --days 14 --thin --mail-scale 0.1 --mta modern --starts 10
    --infect I1-I10,I13,I24)
SIDE=(--clients 1000 --days 7 --thin --mail-scale 0.1 --mta modern --starts 2
    --infect I11,I12,I18-I23)
MAIL=(--clients 300 --days 14 --thin --big 4 --starts 4 --infect I14-I17)
REGRESSION=(--clients 300 --days 5 --thin --big 2 --mta classic)

mode=page
seeds=all
work=
while [ $# -gt 0 ]; do
    case $1 in
    --training) seeds=training ;;
    --keep) work=$2 && shift ;;
    --check) mode=check ;;
    --short) exec bash "$EVAL/test_eval.sh" ;;
    *) sed -n '/^#     tests/,/^# LIMITS/s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
    esac
    shift
done

# measure COLUMN SEED WHAT OPTION...: adds the run to the report's arguments.
runs=()
measure() {
    local name=$1.$3.$2 seed=$2 column=$1
    shift 3
    if [ ! -s "$name.run.json" ]; then
        printf 'eval: %s\n' "$name" >&2
        run_seed "$name" "$seed" "$@" || exit 1
    fi
    runs+=("$column=$name.run.json")
}

# column NAME SCALE SEED...
column() {
    local name=$1 scale=$2 seed
    shift 2
    for seed in "$@"; do
        measure "$name" "$seed" campus "${CAMPUS[@]}" --scale-benign "$scale"
        measure "$name" "$seed" mail "${MAIL[@]}" --scale-benign "$scale"
        if [ "$scale" = 1 ]; then
            measure "$name" "$seed" side "${SIDE[@]}"
            measure "$name" "$seed" regression "${REGRESSION[@]}"
        fi
    done
}

need_eval
if [ -z "$work" ]; then
    work=$(mktemp -d "${TMPDIR:-/tmp}/dnsmon-eval.XXXXXX") || exit 1
    trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work" && cd "$work" || exit 1
column training 1 "${TRAINING_SEEDS[@]}"
if [ $seeds = all ]; then
    column nominal 1 "${HELD_OUT_SEEDS[@]}"
    column half 0.5 "${HELD_OUT_SEEDS[@]}"
    column double 2 "${HELD_OUT_SEEDS[@]}"
    measure bare "${HELD_OUT_SEEDS[0]}" campus "${CAMPUS[@]}" --few-roles
    LOST=0.05 measure loss "${HELD_OUT_SEEDS[0]}" campus "${CAMPUS[@]}"
    LOST=0.05 measure loss "${HELD_OUT_SEEDS[0]}" mail "${MAIL[@]}"
fi
commit=$(git -C "$DNSMON_SRC" rev-parse --short HEAD 2>/dev/null)
arguments=(--rules "$(known_rules)" --commit "$commit" --page "$EVAL/page.md.in")
if [ $mode = check ]; then
    python3 "$EVAL/report.py" --check "${arguments[@]}" "${runs[@]}"
elif [ $seeds = training ]; then
    python3 "$EVAL/report.py" "${arguments[@]}" "${runs[@]}"
else
    python3 "$EVAL/report.py" "${arguments[@]}" "${runs[@]}" >EVALUATION.md &&
        cp EVALUATION.md "$DNSMON_SRC/doc/EVALUATION.md" &&
        printf 'eval: wrote doc/EVALUATION.md\n' >&2
fi
