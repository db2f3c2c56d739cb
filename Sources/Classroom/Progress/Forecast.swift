import Curriculum
import Glibc
import LearnerRecord

/// What an exam would bring today, from what was done without help, and how sure that is.
///
/// Each domain is a proportion with a weak prior at a beginner's 30 %; unknown domains make the
/// interval wide instead of the forecast bold.
struct Forecast {
  let certification: Certification
  /// Percent.
  let score: Double
  /// Percent, between which four in five such results lie.
  let low: Double
  let high: Double
  /// 0…1.
  let chance: Double
  /// How many results it rests on.
  let evidence: Int

  /// A sentence for people.
  var text: String {
    if evidence == 0 { return "An exam today: nothing done so far tells." }
    func whole(_ number: Double) -> Int { Int(number.rounded()) }
    return "An exam today: \(whole(score)) % (\(whole(low)) to \(whole(high)) %), a "
      + "\(whole(100 * chance)) % chance to pass at \(certification.passMark) %; it rests on "
      + (evidence == 1 ? "one result." : "\(evidence) results.")
  }

  private static let prior = (hits: 0.9, misses: 2.1)

  init(
    _ certification: Certification, course: Course, scores: [String: Double],
    exams: [ExamRecord]
  ) {
    self.certification = certification
    var mean = 0.0
    var variance = 0.0
    var evidence = 0
    for domain in certification.domains {
      let ids = Set(domain.competencies.map(\.id))
      var results = course.exercises.filter { !ids.isDisjoint(with: $0.competencies) }
        .compactMap { scores[$0.id] }
      for exam in exams where exam.certification == certification.id {
        for task in exam.tasks where task.domain == domain.id {
          guard let points = task.points, let total = task.total, total > 0 else { continue }
          results.append(Double(points) / Double(total))
        }
      }
      evidence += results.count
      let hits = Self.prior.hits + results.reduce(0, +)
      let count = Self.prior.hits + Self.prior.misses + Double(results.count)
      let share = hits / count
      let weight = Double(domain.weight) / 100
      // What is not known of the learner, and what an exam's few tasks add by chance.
      let tasks = max(1, weight * Double(certification.items))
      mean += weight * share
      variance += weight * weight * share * (1 - share) * (1 / (count + 1) + 1 / tasks)
    }
    let deviation = max(0.005, variance.squareRoot())
    self.evidence = evidence
    score = 100 * mean
    low = 100 * max(0, mean - 1.2816 * deviation)
    high = 100 * min(1, mean + 1.2816 * deviation)
    let pass = Double(certification.passMark) / 100
    chance = 0.5 * erfc((pass - mean) / (deviation * 2.0.squareRoot()))
  }
}
