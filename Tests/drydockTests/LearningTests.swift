import Foundation
import Testing

/// A whole lesson, an exercise, an exam and a review at a terminal.
@Suite(.serialized) struct LearningTests {
  let home: Home
  static let prompt = "root@workstation:~# "

  init() throws { home = try Home() }

  @Test("a whole lesson is taken at the terminal")
  func lesson() throws {
    let terminal = try PseudoTerminal(["learn", "services"], home: home)
    try terminal.wait(for: "An address for Pods that come and go")
    try terminal.wait(for: Self.prompt)
    func say(_ line: String, _ wanted: String) throws {
      terminal.enter(line)
      let answer = try terminal.wait(for: Self.prompt)
      #expect(answer.contains(wanted), "\(line): \(answer)")
    }
    try say("next", "A ClusterIP")
    try say("kubectl expose deployment web --port=80", "✔")
    try say("next", "Endpoints: who answers")
    try say("kubectl scale deployment web --replicas=3", "scaled")
    try say("skip 30s", "✔")
    try say("next", "Predict first")
    try say("answer 1", "✘ No.")
    try say("answer 2", "✔ Right.")
    try say("next", "Port and target port")
    try say("next", "Not yet")
    try say("solution", "--target-port=80")
    try say("kubectl expose deployment web --name=web-alt --port=8080 --target-port=80", "✔")
    try say("next", "NodePort")
    try say("kubectl expose deployment web --name=web-out --port=80 --type=NodePort", "✔")
    try say("next", "Recap")
    try say("next", "practice expose-web")
    try say("review", "Review: services")
    try say("answer 2", "✔ Right")
    // News may have drawn a prompt more than lines were entered: the end must not come too early.
    _ = terminal.settle()
    terminal.type("\u{4}")
    #expect(terminal.status() == 0)
    let progress = try Program.run("progress", "--json", home: home)
    #expect(progress.output.contains("\"due\":0"), "\(progress)")
  }

  @Test("an exercise is done at the terminal, and marked while it grows")
  func exercise() throws {
    let terminal = try PseudoTerminal(["practice", "expose-web"], home: home)
    try terminal.wait(for: "Make the Service")
    try terminal.wait(for: Self.prompt)
    terminal.enter("check")
    #expect(try terminal.wait(for: Self.prompt).contains("✘"))
    terminal.enter("hint")
    #expect(try terminal.wait(for: Self.prompt).contains("Hint 1"))
    terminal.enter("kubectl expose deployment web -n shop --port=8080")
    try terminal.wait(for: Self.prompt)
    terminal.enter("check")
    let part = try terminal.wait(for: Self.prompt)
    #expect(part.contains("✔") && part.contains("✘"))
    terminal.enter("undo")
    #expect(try terminal.wait(for: Self.prompt).contains("Taken back"))
    terminal.enter("kubectl expose deployment web -n shop --port=8080 --target-port=80")
    try terminal.wait(for: Self.prompt)
    terminal.enter("check")
    #expect(try terminal.wait(for: Self.prompt).contains("Well done"))
  }

  @Test("an exam shows its clock while a line is typed, and is there again after a kill")
  func exam() throws {
    let first = try PseudoTerminal(["exam", "cka", "--seed", "1"], home: home)
    try first.wait(for: "Certified Kubernetes Administrator")
    try first.wait(for: Self.prompt)
    first.type("kubectl get no")
    // The clock runs at the right while nothing is typed.
    try first.wait(for: "1:59:5")
    for _ in 0..<2 {
      let tick = try first.wait(for: "1:59:")
      #expect(!tick.contains("\n"), "the clock moves the line down: \(tick)")
    }
    first.type("\r")
    try first.wait(for: Self.prompt)
    first.enter("hint")
    try first.wait(for: "in an exam")
    first.enter("flag")
    try first.wait(for: "flagged")
    first.kill()
    let second = try PseudoTerminal(home: home)
    try second.wait(for: "The clock went on: 1:59:")
    try second.wait(for: Self.prompt)
    second.enter("exam")
    try second.wait(for: "⚑")
    try second.wait(for: Self.prompt)
    second.enter("finish")
    try second.wait(for: "1 flagged")
    second.enter("finish")
    let report = try second.wait(for: "not attempted")
    #expect(report.contains("0 %: not passed"))
    second.kill()
    let again = try Program.run("exam", "report", home: home)
    #expect(again.output.contains("0 %: not passed"), "\(again)")
    let film = try Program.run("exam", "replay", "1", home: home)
    #expect(film.output.contains("$ kubectl get no\n"), "\(film)")
    #expect(film.output.contains("$ hint\n") && film.output.contains("✘"))
  }

  @Test("a multiple-choice exam is answered, flagged, handed in and explained")
  func questions() throws {
    let terminal = try PseudoTerminal(
      ["exam", "kcna", "--drill", "10m", "--seed", "2"], home: home)
    try terminal.wait(for: "Question 1 of 7")
    try terminal.wait(for: Self.prompt)
    terminal.enter("answer 1")
    try terminal.wait(for: "Question 2 of 7")
    terminal.enter("flag")
    try terminal.wait(for: "is flagged")
    terminal.enter("jump 7")
    try terminal.wait(for: "Question 7 of 7")
    terminal.enter("answer 2")
    try terminal.wait(for: "last question")
    terminal.enter("finish")
    try terminal.wait(for: "1 flagged, 5 not answered")
    terminal.enter("finish")
    let report = try terminal.wait(for: "come again in")
    #expect(report.contains("not attempted"))
    #expect(report.contains("In the Kubernetes documentation"))
  }

  @Test("the progress page is one file that needs nothing else")
  func page() throws {
    let file = home.path + "/progress.html"
    let outcome = try Program.run("progress", "--html", file, home: home)
    #expect(outcome.status == 0)
    let page = try String(contentsOfFile: file, encoding: .utf8)
    #expect(page.hasPrefix("<!doctype html>") && page.contains("</html>"))
    #expect(!page.contains("http://") && !page.contains("https://"))
    #expect(page.contains("Certified Kubernetes Administrator"))
  }

  private static let browser = [
    "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/chromium-headless-shell",
  ].first { FileManager.default.isExecutableFile(atPath: $0) }

  @Test(
    "a browser draws the progress page",
    .enabled(if: browser != nil, "there is no Chromium on this machine"))
  func browsing() throws {
    let file = home.path + "/progress.html"
    _ = try Program.run("progress", "--html", file, home: home)
    let picture = home.path + "/progress.png"
    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.browser))
    process.arguments = [
      "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(home.path)/browser",
      "--window-size=900,1200", "--screenshot=\(picture)", "file://\(file)",
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    // A white page would be a few kilobytes.
    let size = try Data(contentsOf: URL(filePath: picture)).count
    #expect(size > 20_000, "\(size)")
  }
}
