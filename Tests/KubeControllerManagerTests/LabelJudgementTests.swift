import Documents
import Testing

@testable import KubeControllerManager

@Suite struct LabelJudgementTests {
  @Test("labels in one place are judged once, others anew")
  func judges() {
    let web: Value = ["app": "web"]
    let twin = web
    let other: Value = ["app": "db"]
    var asked: [Value?] = []
    var judgement = LabelJudgement { labels in
      asked.append(labels)
      return labels?["app"] == "web"
    }
    let verdicts = [web, twin, other, other, nil, web].map { judgement.holds(for: $0) }
    #expect(verdicts == [true, true, false, false, false, true])
    #expect(asked == [web, other, nil, web])
  }
}
