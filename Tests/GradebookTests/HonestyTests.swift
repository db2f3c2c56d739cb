import Testing

@testable import Gradebook

@Suite struct HonestyTests {
  private func record(
    _ learner: String, ways: [Int64] = [], slips: [Int64] = [], objects: [Int64] = [],
    whole: Int64 = 0, begun: Int64, isFull: Bool = true
  ) -> MarkRecord {
    var record = MarkRecord(file: learner, learner: learner)
    record.signer = learner
    var print = Fingerprint()
    (print.ways, print.slips, print.objects, print.whole) = (ways, slips, objects, whole)
    record.works = [
      MarkRecord.Work(
        exercise: "e", title: "E", variant: 0, exam: nil, sitting: nil, task: nil, begun: begun,
        finished: begun,
        results: [
          .init(
            id: "c", say: "c", verdict: isFull ? .passed : .failed, reason: "", points: 1,
            isSealed: false)
        ],
        lines: [.init(after: 0, text: "x", status: 0, isUndone: false)], answers: [:],
        fingerprint: print)
    ]
    return record
  }

  private func signals(_ records: [MarkRecord]) -> [String: Set<Signal.Kind>] {
    var comparison = Comparison()
    for record in records { comparison.add(record) }
    return comparison.signals().mapValues { Set($0.map(\.kind)) }
  }

  @Test("what many do is the baseline; what only two do is told of both and of nobody else")
  func rare() {
    let common: [Int64] = [1, 2, 3, 4, 5, 6]
    var class40 = (0..<40).map { number in
      record(
        "s\(number)", ways: common + [Int64(1000 + number)], begun: Int64(number + 1))
    }
    #expect(signals(class40).isEmpty)
    for number in [3, 17] { class40[number].works[0].fingerprint.ways = [91, 92, 93, 94, 95, 96] }
    #expect(signals(class40) == ["s3": [.similar], "s17": [.similar]])
    // Five steps in common out of many are none too many.
    class40[17].works[0].fingerprint.ways += (2000..<2020).map { Int64($0) }
    class40[3].works[0].fingerprint.ways += (3000..<3020).map { Int64($0) }
    #expect(signals(class40).isEmpty)
  }

  @Test("the same unusual mistakes, or wrong objects, are told; right ones are alike by themselves")
  func mistakes() {
    func pair(_ isFull: Bool) -> [MarkRecord] {
      [
        record("a", slips: [7, 8], begun: 1, isFull: isFull),
        record("b", slips: [7, 8], begun: 2, isFull: isFull),
        record("c", objects: [1, 2], begun: 3, isFull: isFull),
        record("d", objects: [1, 2], begun: 4, isFull: isFull),
        record("e", slips: [9], begun: 5, isFull: isFull),
        record("f", slips: [9], begun: 6, isFull: isFull),
      ]
    }
    #expect(
      signals(pair(false)) == [
        "a": [.similar], "b": [.similar], "c": [.similar], "d": [.similar],
      ])
    #expect(signals(pair(true)) == ["a": [.similar], "b": [.similar]])
  }

  @Test("what is compared are the learner's own lines, slips and objects, without the solution's")
  func fingerprint() throws {
    var actor = Actor("ada")
    try actor.practise([
      "kubectl create configmap map", "kubectl create   configmap mapp", "kubectl get nothings",
      "check", "kubectl get configmaps",
    ])
    let record = Marker(SmallPack.source).mark(try actor.text(), file: "a")
    let print = try #require(record.works.first).fingerprint
    #expect(print.objects.count == 2)
    #expect(print.slips == [Hash.short("kubectl get nothings")])
    #expect(print.ways.contains(Hash.short("kubectl create configmap mapp")))
    #expect(!print.ways.contains(Hash.short("kubectl create configmap map")))
    #expect(print.whole == 0)
  }

  @Test(
    "commands that checks rely on, given another meaning, are seen",
    arguments: [
      ("kubectl() { echo ok; }", "kubectl"), ("true; function cat { echo yes; }", "cat"),
      ("alias test='true'", "test"), ("cat () { echo yes; }", "cat"), ("alias k=kubectl", nil),
      ("kubectl get pods", nil),
      ("echo '()'", nil), ("mine() { kubectl get pods; }", nil), ("f(){ :;};[(){ true; }", "["),
    ] as [(String, String?)])
  func redefinitions(_ text: String, _ name: String?) {
    #expect(HonestySigns.redefined(in: text) == name)
  }

  @Test("the same lines in the same order, and the very same work, are told")
  func identical() {
    #expect(
      signals([
        record("a", whole: 5, begun: 1), record("b", whole: 5, begun: 2),
        record("c", whole: 0, begun: 3), record("d", whole: 0, begun: 3),
        record("e", whole: 6, begun: 4),
      ]) == ["a": [.identical], "b": [.identical], "c": [.identical], "d": [.identical]])
  }
}
