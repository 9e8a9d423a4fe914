#!/bin/sh
# The demonstration goes as it should, and leaves nothing running and nothing behind.
. tests/e2e/lib.sh

mkdir "$dir/tmp"
TMPDIR=$dir/tmp "$kit" demo --engine "$engine" --samples samples/demo >"$dir/demo.out" 2>"$dir/demo.log"
same "exit status" 0 $?
printed=$(cat "$dir/demo.out")
has "totals" "$printed" "^$(head -1 samples/demo/totals.want)\$"
has "the kill" "$printed" 'kill -9 of the engine'
has "the practice that is away" "$printed" 'the server of rcca goes down'
has "the withdrawal that nobody hears of" "$printed" 'withdrawn before it left'
has "the stay of which three tell" "$printed" 'told of by ehr Encounter/555, mercy ADT'
has "its authorization" "$printed" 'authorization R-5501 is requested'
has "the digest of a program" "$printed" 'has Communication version 1: Collaborative care: digest of 2026-03-0'
has "the worklist" "$printed" 'admission-authorized  lakeside  for acme navigator  collaborative-care/1  by authorized/1'
has "what nobody took up" "$printed" 'task-unacknowledged  rcca  for acme navigator  collaborative-care/1  by clock/1'
has "what the navigator did" "$printed" '^worklist of acme: 13 items, 1 of them done$'
has "why" "$printed" '^\$ wardwire why '
has "the rebuilt ledger" "$printed" '^equal: [1-9][0-9]* rows'
has "the recall" "$printed" "the hospital found that the visit is another patient.s"
has "the other order" "$printed" "in another order end in the same state: yes$"
has "the last line" "$(tail -1 "$dir/demo.out")" '^The day went as it should.$'
same "folders left behind" '' "$(ls "$dir/tmp")"
# Every process of it has that folder on its command line.
same "processes left running" '' "$(pgrep -f "$dir/tmp/" | tr '\n' ' ')"

# When the end is not as expected it says so, and keeps the folder to look into.
mkdir "$dir/samples"
cp samples/demo/* "$dir/samples"
sed 's/nothing lost/all lost/' samples/demo/totals.want >"$dir/samples/totals.want"
TMPDIR=$dir/tmp "$kit" demo --engine "$engine" --samples "$dir/samples" >"$dir/demo.out" 2>>"$dir/demo.log"
same "exit status when the end is another" 1 $?
has "the totals expected" "$(cat "$dir/demo.out")" '^engine: killed 1 time, all lost$'
same "folders kept" 1 "$(ls -d "$dir"/tmp/wardwire-demo-* | wc -l)"
same "processes left running then" '' "$(pgrep -f "$dir/tmp/" | tr '\n' ' ')"
