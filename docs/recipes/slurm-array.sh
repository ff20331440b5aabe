#!/usr/bin/env bash
# A Slurm array: one task a part, facts shared through a folder that all nodes see. A whole kernel takes up to 10 GB a task.
#   id=$(sbatch --parsable slurm-array.sh TREE OUT)
#   sbatch --dependency=afterok:$id --wrap "gfp-audit merge OUT/part-*.json --output OUT/report.json"
#SBATCH --array=1-8
#SBATCH --cpus-per-task=2
#SBATCH --mem=12G
#SBATCH --time=01:00:00
set -euo pipefail
tree=$1 out=$2
mkdir -p "$out"
${GFP_AUDIT:-gfp-audit} audit "$tree" --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" --format json --fail-on never \
  --jobs "${SLURM_CPUS_PER_TASK:-1}" --no-progress --cache-dir "$out/cache" --output "$out/part-$SLURM_ARRAY_TASK_ID.json"
