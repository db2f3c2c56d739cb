import Foundation
import Testing

/// The content keeps its promises. All of it is proven by the release build in `.ci/run`, and here
/// with DRYDOCK_PROVE=all; otherwise some of each sort.
@Suite(.serialized) struct ProofTests {
  let home: Home

  init() throws { home = try Home() }

  private static let isWhole = ProcessInfo.processInfo.environment["DRYDOCK_PROVE"] == "all"

  @Test("every exercise, lesson and card holds what it promises")
  func content() throws {
    let some = [
      "expose-web", "two-ports-by-name", "first-update", "settings-in-environment",
      "reader-account",
      "count-to-done", "who-would-be-refused", "what-is-in-it", "Lessons/services.md",
      "Lessons/right-workload.md",
    ]
    let names = Self.isWhole ? [] : some
    let outcome = try Program.run(["prove", "--variants", "1"] + names, home: home)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.split(separator: "\n").count >= 10)
    #expect(!outcome.output.contains("✘"), "\(outcome.output)")
  }

  @Test("what does not hold is told with its reason")
  func broken() throws {
    let file = home.path + "/Exercises/x/no-map.md"
    try FileManager.default.createDirectory(
      atPath: home.path + "/Exercises/x", withIntermediateDirectories: true)
    try """
    ---
    title: No map
    topic: x
    minutes: 2
    cluster: apiserver
    start:
    - run: kubectl create configmap given
    checks:
    - {id: given, say: There is one, object: configmap/given}
    - {id: map, say: There is another, object: configmap/map}
    solutions:
    - {name: late, run: kubectl create configmap map; sleep 200}
    - {name: wrong, run: kubectl create configmap mop}
    mistakes:
    - {name: none, run: kubectl create configmap map, loses: [map]}
    ---
    Make one.
    """.write(toFile: file, atomically: true, encoding: .utf8)
    let outcome = try Program.run(["prove", "--course", home.path, file], home: home)
    #expect(outcome.status == 1)
    for told in [
      "✘ exercise no-map", "the start state already earns given",
      "solution \"late\" takes 200 s of the cluster's time, more than the 2 min given",
      "solution \"wrong\" loses map: configmap/map does not exist",
      "mistake \"none\" loses [], not [map]",
    ] {
      #expect(outcome.output.contains(told), "\(told): \(outcome.output)")
    }
    #expect(outcome.errors.contains("1 not proven"))
  }
}
