import Curriculum
import LearnerRecord
import Simulation

/// What a learner's record comes to: mastery, habit, exams, and what an exam would bring today.
struct Progress {
  struct Mastery {
    var competency: Certification.Competency
    /// Exercises or questions of the course for it, and how many of them are mastered. A question
    /// is as long as its last answer was right.
    var items: Int
    var mastered: Int
    /// The share of points in the last attempts, 0…1; nil when nothing was tried.
    var score: Double?
  }

  var lessons: [(title: String, done: Int, pages: Int)] = []
  var standings: [(exercise: Exercise, standing: Standing)] = []
  var masteries: [(certification: Certification, domains: [(Certification.Domain, [Mastery])])] = []
  /// Days since the epoch on which something was done, and how many things.
  var days: [Int64: Int] = [:]
  var today: Int64
  /// Seconds spent on exercises and cards.
  var seconds = 0
  var due = 0
  var exams: [ExamRecord] = []
  var forecasts: [Forecast] = []
  var exerciseCount: Int

  init(_ book: Logbook, _ course: Course, at now: Moment) throws(LogbookError) {
    today = now.seconds / 86_400
    exerciseCount = course.exercises.count
    let steps = try book.completedSteps()
    lessons = course.lessons.map { lesson in
      let done = steps[lesson.id, default: []].count { $0 < lesson.pages.count }
      return (lesson.title, done, lesson.pages.count)
    }
    var found: [String: Standing] = [:]
    for standing in try book.standings() { found[standing.exercise] = standing }
    standings = course.exercises.compactMap { exercise in
      found[exercise.id].map { (exercise, $0) }
    }
    exams = try book.exams()
    let nowSeconds = Double(now.seconds)
    due = try book.memories().count { $0.value.due <= nowSeconds && course.card($0.key) != nil }
    try countDays(book)
    let latest = try book.latestScores()
    let answers = Self.answers(exams, try book.reviews())
    for certification in Certifications.all {
      let forecast = Forecast(certification, course: course, scores: latest, exams: exams)
      // An exam of questions is asked for; until then nobody needs its list.
      if certification.isMultipleChoice, forecast.evidence == 0 { continue }
      let domains = certification.domains.map { domain in
        let masteries = domain.competencies.map { competency in
          certification.isMultipleChoice
            ? Self.mastery(competency, course.questions(about: [competency.id]), answers)
            : Self.mastery(competency, course, found, latest)
        }
        return (domain, masteries)
      }
      guard domains.contains(where: { $0.1.contains { $0.items > 0 } }) else { continue }
      masteries.append((certification, domains))
      forecasts.append(forecast)
    }
  }

  private mutating func countDays(_ book: Logbook) throws(LogbookError) {
    for (day, things, spent) in try book.days() {
      days[day] = things
      seconds += spent
    }
  }

  private static func mastery(
    _ competency: Certification.Competency, _ course: Course, _ standings: [String: Standing],
    _ latest: [String: Double]
  ) -> Mastery {
    let exercises = course.exercises.filter { $0.competencies.contains(competency.id) }
    let scores = exercises.compactMap { latest[$0.id] }
    return Mastery(
      competency: competency, items: exercises.count,
      mastered: exercises.count { standings[$0.id]?.isMastered == true },
      score: scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count))
  }

  private static func mastery(
    _ competency: Certification.Competency, _ questions: [String], _ answers: [String: Double]
  ) -> Mastery {
    let scores = questions.compactMap { answers[$0] }
    return Mastery(
      competency: competency, items: questions.count, mastered: scores.count { $0 == 1 },
      score: scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count))
  }

  /// What was last answered to each question, in an exam or in review: 1 for the right answer.
  private static func answers(_ exams: [ExamRecord], _ reviews: [Review]) -> [String: Double] {
    var last: [String: (real: Moment, score: Double)] = [:]
    func note(_ subject: String, _ real: Moment, _ score: Double) {
      if let known = last[subject], known.real > real { return }
      last[subject] = (real, score)
    }
    for exam in exams {
      for task in exam.tasks {
        guard let points = task.points, let total = task.total, total > 0 else { continue }
        note(task.subject, exam.ended ?? exam.begun, Double(points) / Double(total))
      }
    }
    for review in reviews { note(review.card, review.real, review.grade == .again ? 0 : 1) }
    return last.mapValues(\.score)
  }

  /// Days in a row, today or yesterday included.
  var streak: Int {
    var day = days[today] == nil ? today - 1 : today
    var count = 0
    while days[day] != nil {
      count += 1
      day -= 1
    }
    return count
  }

  var masteredCount: Int { standings.count { $0.standing.isMastered } }
}
