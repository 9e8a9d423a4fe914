#!/bin/sh
# Two programs over one member: one Task names both. Another text of a program, and its end, act on what comes in afterwards.
. tests/e2e/lib.sh

# write_program NAME VERSION DEADLINE-OF-A-DISCHARGE [FLAG]
write_program() {
	cat >"$dir/$1.yaml" <<-END
	program: $1
	title: Care by the $1
	version: $2
	rules: [{use: admission/2}]
	flags:
	  admission: {to: coordinator, as: stay-task, deadline: 24h, priority: urgent}
	  discharge: {to: coordinator, as: stay-task, deadline: $3}
	  ${4-}
	END
}

# columns PERSON NAME...: of the flags of that member, with colons between, sorted, in one line.
columns() {
	columns_of=$1
	shift
	"$engine" flags ls -c "$config" --member "$(printf 'M%04d' "$columns_of")" --state all --csv | awk -F, -v names="$*" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = split(names, name, " "); next }
		{ for (i = 1; i <= n; i++) printf "%s%s", $at[name[i]], i < n ? ":" : "\n" }' | sort | tr '\n' ' '
}

# hours PERSON KIND:PROGRAM: from raising that flag until it is due.
hours() {
	hours_times=$(columns "$1" kind program raised due | tr ' ' '\n' | sed -n "s|^$2:||p")
	hours_raised=${hours_times%%Z*}Z hours_due=${hours_times#*Z:}
	echo $((($(date -u -d "$hours_due" +%s) - $(date -u -d "$hours_raised" +%s)) / 3600))
}

# programs_of PERSON: that their Tasks name.
programs_of() {
	tasks "$1" | grep -o '{"text":"program"},"valueString":"[^"]*' | sed 's/.*"//' | tr '\n' ','
}

# restart: nothing of what was told is told again or taken back.
restart() {
	stop_engine
	restart_told=$(writes rcca)
	start_engine
	wait_until is_at_rest
	same "writes of a start" "$restart_told" "$(writes rcca)"
}

start_practice rcca
write_site 6
cat >>"$config" <<END
programs:
  - {file: river.yaml}
  - {file: lake.yaml}
END
write_program river 1 48h
write_program lake 1 12h
start_engine
accept "$(adt A01 C1 1)"
accept "$(adt A01 C2 2)"
wait_until is_at_rest
same "flags" "admission:lake/1:open admission:river/1:open " "$(columns 1 kind program state)"
same "Tasks" 1 "$(tasks 1 | wc -l)"
same "programs of the Task" "Care by the river,Care by the lake," "$(programs_of 1)"

# Another text: what is raised from now on is by it, also of a stay that began before.
write_program lake 2 6h 'ed-arrival: {to: coordinator, as: communication}'
restart
accept "$(adt A03 C3 1 I V1 1000)"
accept "$(adt A01 C4 3)"
accept "$(adt A04 C5 4 E)"
wait_until is_at_rest
same "flags, a stay that began before" "admission:lake/1:open admission:river/1:open discharge:lake/2:open discharge:river/1:open " \
	"$(columns 1 kind program state)"
same "hours of one that did not change" 48 "$(hours 1 discharge:river/1)"
same "hours of one that did" 6 "$(hours 1 discharge:lake/2)"
same "flags, another stay" "admission:lake/1:open admission:river/1:open " "$(columns 2 kind program state)"
same "flags, a stay since" "admission:lake/2:open admission:river/1:open " "$(columns 3 kind program state)"
same "flags, one that was not told of before" "ed-arrival:lake/2:open " "$(columns 4 kind program state)"
same "Tasks" 1 "$(tasks 1 | wc -l)"
same "programs of the Task" "Care by the river,Care by the lake," "$(programs_of 1)"

# A program that is taken out: what it told stands, and it tells no more.
sed -i '/lake.yaml/d' "$config"
restart
accept "$(adt A03 C6 2 I V2 1000)"
accept "$(adt A01 C7 5)"
accept "$(adt A04 C8 6 E)"
wait_until is_at_rest
same "flags, told before" "admission:lake/1:open admission:river/1:open discharge:river/1:open " "$(columns 2 kind program state)"
same "flags since" "admission:river/1:open " "$(columns 5 kind program state)"
same "flags of nobody" "" "$(columns 6 kind program state)"
same "programs of a Task since" "Care by the river," "$(programs_of 5)"
same "Tasks" 4 "$(tasks '' | wc -l)"
stop_engine
has "ledger" "$("$engine" rebuild -c "$config" --check)" '^equal: '
