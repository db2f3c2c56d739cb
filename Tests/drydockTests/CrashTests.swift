import Foundation
import Testing

/// Ends without warning, damaged files, and two programs at once.
@Suite(.serialized) struct CrashTests {
  let home: Home
  static let prompt = "root@workstation:~# "

  init() throws { home = try Home() }

  /// Kills of the first test. A long run: DRYDOCK_KILLS=200 DRYDOCK_PROGRAM=.build/release/drydock.
  private static let kills =
    ProcessInfo.processInfo.environment["DRYDOCK_KILLS"].flatMap { Int($0) } ?? 12

  @Test(
    "killed at any moment, everything shown as done is there again", arguments: 0..<(kills + 2) / 3)
  func killed(round: Int) throws {
    var marker = 0
    var moment = UInt32(0)
    for run in 0..<3 {
      let terminal = try PseudoTerminal(home: home)
      try terminal.wait(for: Self.prompt)
      if marker > 0 {
        terminal.enter("cat done.txt | tail -1; kubectl get configmap -o name | grep -c step")
        let seen = try terminal.wait(for: Self.prompt)
        #expect(seen.contains("step \(marker)\n"), "after \(moment) ms: \(seen)")
        let count = seen.split(separator: "\n").compactMap { Int($0) }.last ?? 0
        #expect(count >= marker)
      }
      for _ in 0..<2 {
        marker += 1
        terminal.enter(
          "kubectl create configmap step-\(marker) && echo step \(marker) >> done.txt")
        try terminal.wait(for: Self.prompt)
      }
      // Something is under way when the blow comes, somewhere in it.
      terminal.enter("kubectl create deployment d\(run) --image=nginx; sleep 5; echo x > half")
      moment = UInt32.random(in: 0..<700)
      usleep(moment * 1000)
      terminal.kill()
    }
  }

  @Test("killed in a lesson, the learner is on the same page again")
  func place() throws {
    let first = try PseudoTerminal(["learn", "services"], home: home)
    try first.wait(for: Self.prompt)
    first.enter("next")
    try first.wait(for: "Page 2 of")
    try first.wait(for: Self.prompt)
    first.kill()
    let second = try PseudoTerminal(home: home)
    try second.wait(for: "Welcome back")
    try second.wait(for: Self.prompt)
    second.enter("lesson")
    try second.wait(for: "Page 2 of")
  }

  @Test("a damaged record is set aside with a message, never emptied")
  func damaged() throws {
    try FileManager.default.createDirectory(
      atPath: home.path + "/record", withIntermediateDirectories: true)
    _ = try home.write(String(repeating: "not a database ", count: 500), to: "record/record.sqlite")
    let outcome = try Program.run("progress", home: home)
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("damaged") && outcome.errors.contains("is kept as"))
    let kept = try String(
      contentsOfFile: home.path + "/record/record.sqlite.damaged-1", encoding: .utf8)
    #expect(kept.hasPrefix("not a database"))
  }

  @Test("two drydocks share one record: what each did is kept")
  func two() throws {
    let first = try PseudoTerminal(home: home)
    try first.wait(for: Self.prompt)
    let second = try PseudoTerminal(home: home)
    try second.wait(for: Self.prompt)
    for (terminal, name) in [(first, "a"), (second, "b"), (first, "c"), (second, "d")] {
      terminal.enter("echo from \(name)")
      try terminal.wait(for: "from \(name)\n")
      try terminal.wait(for: Self.prompt)
    }
    for terminal in [first, second] {
      terminal.type("\u{4}")
      #expect(terminal.status() == 0)
    }
    let third = try PseudoTerminal(home: home)
    try third.wait(for: Self.prompt)
    third.enter("history | grep -c from")
    third.type("\u{4}")
    #expect(third.status() == 0)
    let progress = try Program.run("progress", home: home)
    #expect(progress.status == 0 && progress.errors == "")
  }
}
