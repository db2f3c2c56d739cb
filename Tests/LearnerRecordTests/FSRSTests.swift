import Foundation
import LearnerRecord
import Testing

@Suite struct FSRSTests {
  struct Vectors: Decodable {
    struct Case: Decodable {
      struct Review: Decodable {
        var at: Double
        var rating: Int
        var stability: Double
        var difficulty: Double
        var state: Int
        var step: Int?
        var interval: Double
      }
      var mode: String
      var retention: Double
      var reviews: [Review]
    }
    var cases: [Case]
  }

  @Test("every history of the reference implementation comes out to nine digits")
  func vectors() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/fsrs6_vectors.json")
    let vectors = try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file))
    #expect(vectors.cases.count == 240)
    for (number, history) in vectors.cases.enumerated() {
      var scheduler = FSRS()
      scheduler.retention = history.retention
      if history.mode == "no_steps" {
        (scheduler.learningSteps, scheduler.relearningSteps) = ([], [])
      }
      var memory: Memory?
      for review in history.reviews {
        let grade = try #require(Memory.Grade(rawValue: review.rating))
        let next = scheduler.review(memory, grade, at: review.at)
        let isRight =
          abs(next.stability - review.stability) <= 1e-9 * max(1, review.stability)
          && abs(next.difficulty - review.difficulty) <= 1e-9
          && next.phase.rawValue == review.state && next.interval == review.interval
          && (review.step ?? 0) == next.step
        #expect(isRight, "case \(number) at \(review.at): \(next)")
        if !isRight { return }
        memory = next
      }
    }
  }

  @Test(
    "the interval follows the wanted retention",
    arguments: zip(
      [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0],
      [36500, 34793, 2508, 387, 90, 27, 9, 3, 1, 1] as [Double]))
  func intervals(retention: Double, days: Double) {
    var scheduler = FSRS()
    scheduler.retention = retention
    #expect(scheduler.days(1) == days)
  }
}
