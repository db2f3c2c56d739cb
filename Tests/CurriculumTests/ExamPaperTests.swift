import Foundation
import Testing

@testable import Curriculum

@Suite struct ExamPaperTests {
  private static let course = Course.read(
    in: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
  ).0

  @Test(
    "papers of tasks in a row have their number, keep the weights and repeat nothing",
    arguments: [("cka", 3), ("ckad", 3), ("cks", 3)])
  func papers(_ name: String, _ papers: UInt64) throws {
    let certification = try #require(Certifications.named(name))
    for first in 1...5 as ClosedRange<UInt64> {
      var seen: [String: Int] = [:]
      for seed in first..<first + papers {
        let paper = ExamPaper(certification, course: Self.course, seen: seen, seed: seed * 7919)
        #expect((16...17).contains(paper.items.count), "\(name) \(seed): \(paper.items.count)")
        #expect(paper.items.allSatisfy { seen[$0.subject] == nil }, "\(name) \(seed)")
        for item in paper.items { seen[item.subject, default: 0] += 1 }
        for domain in certification.domains {
          let share = 100 * paper.items.count { $0.domain == domain.id } / paper.items.count
          #expect(abs(share - domain.weight) <= 6, "\(name) \(seed) \(domain.id): \(share) %")
        }
      }
    }
  }

  @Test("two papers of questions have nothing in common", arguments: ["kcna", "kcsa"])
  func questions(_ name: String) throws {
    let certification = try #require(Certifications.named(name))
    let first = ExamPaper(certification, course: Self.course, seed: 5)
    let seen = Dictionary(uniqueKeysWithValues: first.items.map { ($0.subject, 1) })
    let second = ExamPaper(certification, course: Self.course, seen: seen, seed: 6)
    #expect(second.items.count == 60 && second.items.allSatisfy { seen[$0.subject] == nil })
  }
}
