import Curriculum
import LearnerRecord
import Simulation
import Testing

@testable import Classroom

/// Learners whose ability is known take tasks and then an exam; what was forecast must hold.
@Suite struct ForecastTests {
  private static let cka = Certifications.all[0]

  private struct Chance {
    var random: SeededRandom
    mutating func unit() -> Double { Double(random.below(1_000_000)) / 1_000_000 }
    mutating func hit(_ ability: Double) -> Int { unit() < ability ? 1 : 0 }
  }

  /// An exam in which each domain's tasks went as an ability has it.
  private static func exam(
    _ abilities: [Double], _ tasks: [Int], _ chance: inout Chance
  ) -> ExamRecord {
    var record = ExamRecord(
      certification: cka.id, domain: "", seed: 1, minutes: 120, mayPause: false,
      begun: Moment(seconds: 0), tasks: [])
    for (index, domain) in cka.domains.enumerated() {
      for _ in 0..<tasks[index] {
        var task = ExamRecord.Task(
          ordinal: record.tasks.count + 1, subject: "x", variant: 0, domain: domain.id)
        (task.points, task.total) = (chance.hit(abilities[index]), 1)
        record.tasks.append(task)
      }
    }
    return record
  }

  /// Percent, each domain by its weight.
  private static func score(_ exam: ExamRecord) -> Double {
    cka.domains.reduce(0.0) { sum, domain in
      let tasks = exam.tasks.filter { $0.domain == domain.id }
      let hits = tasks.reduce(0) { $0 + ($1.points ?? 0) }
      return sum + Double(domain.weight * hits) / Double(max(1, tasks.count))
    }
  }

  @Test(
    "eight of ten intervals hold what the exam brings, and chances are what they say",
    arguments: [
      [1, 1, 1, 1, 1], [6, 6, 6, 6, 6], [0, 4, 8, 0, 4], [20, 20, 20, 20, 20],
    ])
  func calibrated(_ practised: [Int]) {
    var chance = Chance(random: SeededRandom(seed: 7, for: "forecast"))
    let real = Self.cka.domains.map { max(1, ($0.weight * Self.cka.items + 50) / 100) }
    let learners = 1500
    var held = 0
    var told = [Double](repeating: 0, count: 5)
    var passed = told
    var count = told
    for _ in 0..<learners {
      let base = chance.unit()
      let abilities = Self.cka.domains.map { _ in base + 0.4 * (chance.unit() - 0.5) }
      let forecast = Forecast(
        Self.cka, course: Course(), scores: [:],
        exams: [Self.exam(abilities, practised, &chance)])
      let score = Self.score(Self.exam(abilities, real, &chance))
      if forecast.low <= score, score <= forecast.high { held += 1 }
      let bin = min(4, Int(5 * forecast.chance))
      told[bin] += forecast.chance
      passed[bin] += score >= Double(Self.cka.passMark) ? 1 : 0
      count[bin] += 1
    }
    let share = Double(held) / Double(learners)
    #expect((0.74...0.87).contains(share), "\(share)")
    for bin in 0..<5 where count[bin] >= 60 {
      #expect(abs(told[bin] - passed[bin]) / count[bin] < 0.12, "\(bin): \(told) \(passed)")
    }
  }
}
