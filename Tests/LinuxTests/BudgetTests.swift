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
  ])
func budgets(_ line: String, _ words: String) throws {
  var limits = Budgets.workstation
  limits.steps = 3_000_000
  let box = Box(budgets: limits)
  let made = try #require(box.run(["bash", "-c", line], for: .hours(1)))
  #expect((made.output.suffix(2000) + made.errors).contains(words), "\(made.errors.prefix(600))")
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
