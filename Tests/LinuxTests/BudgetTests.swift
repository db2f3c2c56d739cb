import Shell
import Simulation
import Testing

@testable import Linux

@Test(
  "what would take a machine down is stopped, and says so",
  arguments: [
    ("while :; do :; done", "drydock: stopped after"),
    ("x=a; while :; do x=$x$x; done", "drydock: the value of x exceeds"),
    ("x=a; while :; do x+=$x; done", "drydock: the value of x exceeds"),
    ("x=a; for ((;;)); do x=$x$x; done", "drydock: the value of x exceeds"),
    (":(){ :|:& };:; sleep 5; echo alive", "alive"),
    ("yes > /tmp/f", "No space left on device"),
    ("while :; do mkdir -p /tmp/d$RANDOM; done", "drydock: stopped after"),
    ("while :; do echo x >> /tmp/f; done", "drydock: stopped after"),
    (#"awk 'BEGIN { x = "a"; while (1) x = x x }'"#, "drydock: a string exceeds 1 MiB"),
    (
      #"awk 'BEGIN { x = "aa"; while (1) gsub(/a/, "&&", x) }'"#, "drydock: a string exceeds 1 MiB"
    ),
    ("awk 'BEGIN { while (1) a[i++] = i }'", "drydock: the arrays exceed 8 MiB"),
    ("jq -n '[range(1e9)] | length'", "drydock: the filter keeps too many values"),
    (#"jq -n '"a" | until(false; . + .)'"#, "drydock: the strings of the filter exceed 1 MiB"),
    (#"jq -n '"x" * 1e9'"#, "drydock: the strings of the filter exceed 1 MiB"),
    ("jq -n 'reduce range(1e9) as $i ([]; . + [$i])'", "drydock: stopped after"),
    ("jq -n 'reduce range(1e6) as $i (1; [.])'", "drydock: the value is nested too deeply"),
    ("jq -n 'reduce range(60) as $i (1; [., .])'", "drydock: output stopped after 4 MiB"),
    ("echo xx | sed ':a;s/x/xx/g;ta'", "drydock: the pattern space exceeds 1 MiB"),
    ("echo x | sed ':a;s/x/xx/;ta'", "drydock: stopped after"),
    ("seq 1 400000 | tail -1", "400000"),
  ])
func budgets(_ line: String, _ words: String) throws {
  var limits = Budgets.workstation
  limits.steps = 3_000_000
  limits.memory = 8 << 20
  let box = Box(budgets: limits)
  let made = try #require(box.run(["bash", "-c", line], for: .hours(1)))
  #expect((made.output.suffix(2000) + made.errors).contains(words), "\(made.errors.prefix(600))")
}

@Test(
  "all programs together take no more steps than they may",
  arguments: [
    "for i in $(seq 100); do (while :; do :; done) & done; wait",
    "for i in $(seq 100000); do true; /bin/true; done",
    "for i in $(seq 1000); do awk 'BEGIN { while (1) i++ }'; done",
    "for i in $(seq 1000); do jq -n 'reduce range(1e9) as $i (0; . + 1)'; done",
  ])
func spent(_ line: String) throws {
  var limits = Budgets.workstation
  limits.steps = 1_000_000
  let box = Box(budgets: limits)
  box.machine.timeline.stepsLeft = 200_000
  let made = try #require(box.run(["bash", "-c", line], for: .hours(1)))
  #expect(made.errors.contains("the work as a whole takes too many steps"), "\(made.errors)")
  #expect(box.machine.timeline.stepsLeft == 0)
}

@Test(
  "an expression that would explode takes no longer than its text",
  arguments: [
    "grep -E '(a+)+$' f", "grep -E '(a|aa)+$' f", "sed -E 's/(a*)*b/x/' f", "awk '/(a+)+b/' f",
  ])
func expressions(_ line: String) throws {
  let box = Box()
  try box.machine.files.write(String(repeating: "a", count: 2000) + "!\n", to: "/root/f")
  let made = box.run(["bash", "-c", line], for: .minutes(10))
  #expect(made != nil)
}
