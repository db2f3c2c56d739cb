import Curriculum
import Glibc
import LearnerRecord

/// What an exam would bring today, from what was done without help, and how sure that is.
///
/// Each domain is a proportion that begins at what the learner does on the whole; unknown domains
/// make the interval wide instead of the forecast bold.
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
    if evidence == 0 { return "An exam today: nothing done so far tells how it would go." }
    func whole(_ number: Double) -> Int { Int(number.rounded()) }
    return "An exam today: \(whole(score)) % (\(whole(low)) to \(whole(high)) %), a "
      + "\(whole(100 * chance)) % chance to pass at \(certification.passMark) %; it rests on "
      + (evidence == 1 ? "one result." : "\(evidence) results.")
  }

  /// How many results the whole counts for in each domain. With 5, of ten intervals eight hold what
  /// an exam brings, however even or uneven a learner is: `ForecastTests` plays thousands of them.
  private static let trust = 5.0

  init(
    _ certification: Certification, course: Course, scores: [String: Double],
    exams: [ExamRecord]
  ) {
    self.certification = certification
    let results = certification.domains.map { domain in
      Self.results(domain, certification, course: course, scores: scores, exams: exams)
    }
    evidence = results.reduce(0) { $0 + $1.count }
    // How good the learner is on the whole, of which each domain knows a little beforehand.
    let whole = (1 + results.joined().reduce(0, +)) / Double(2 + evidence)
    var mean = 0.0
    var variance = 0.0
    var lever = 0.0
    for (domain, results) in zip(certification.domains, results) {
      let count = Self.trust + Double(results.count)
      let share = (Self.trust * whole + results.reduce(0, +)) / count
      let weight = Double(domain.weight) / 100
      // What is not known of the learner, and what an exam's few tasks add by chance.
      let tasks = max(1, weight * Double(certification.items))
      mean += weight * share
      variance += weight * weight * share * (1 - share) * (1 / (count + 1) + 1 / tasks)
      lever += weight * Self.trust / count
    }
    // An error about the whole goes into all domains alike.
    variance += lever * lever * whole * (1 - whole) / Double(3 + evidence)
    let deviation = max(0.005, variance.squareRoot())
    score = 100 * mean
    low = 100 * max(0, mean - 1.2816 * deviation)
    high = 100 * min(1, mean + 1.2816 * deviation)
    let pass = Double(certification.passMark) / 100
    chance = 0.5 * erfc((pass - mean) / (deviation * 2.0.squareRoot()))
  }

  /// The last result of each exercise of a domain and those of its tasks in exams, each 0…1.
  private static func results(
    _ domain: Certification.Domain, _ certification: Certification, course: Course,
    scores: [String: Double], exams: [ExamRecord]
  ) -> [Double] {
    let ids = Set(domain.competencies.map(\.id))
    let practised = course.exercises.filter { !ids.isDisjoint(with: $0.competencies) }
      .compactMap { scores[$0.id] }
    let tasks = exams.filter { $0.certification == certification.id }.flatMap(\.tasks)
    return practised
      + tasks.filter { $0.domain == domain.id }.compactMap { task in
        guard let points = task.points, let total = task.total, total > 0 else { return nil }
        return Double(points) / Double(total)
      }
  }
}
