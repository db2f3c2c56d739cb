import Curriculum
import LearnerRecord

extension Session {
  /// One question of each lesson; a right answer marks the lesson as known. Who does not know two
  /// lessons of a topic is asked no more about it.
  func placement(_ arguments: [String]) throws(LogbookError) -> Said {
    if arguments.first == "stop" {
      try book.set("placement", nil)
      return (0, "You are back in the shell.\n")
    }
    try book.set("placement", "0")
    try book.set("review.card", nil)
    let intro =
      "Answer with a number; `0` when you do not know, `placement stop` ends. After two "
      + "lessons of a topic that you do not know, the next topic comes.\n\n"
    if let question = try placementQuestion() { return (0, draw(intro + question)) }
    let ending = try placementEnding()
    return (0, draw(ending))
  }

  /// The lessons that ask something, in their order, with their first question.
  private var placementQuestions: [(Lesson, Question)] {
    course.lessons.compactMap { lesson in
      lesson.pages.lazy.compactMap(\.question).first.map { (lesson, $0) }
    }
  }

  private func placementQuestion() throws(LogbookError) -> String? {
    guard let place = try placementPlace() else { return nil }
    let questions = placementQuestions
    guard questions.indices.contains(place) else { return nil }
    let (lesson, question) = questions[place]
    return "# \(place + 1) of \(questions.count): \(lesson.title)\n\n" + question.shown()
  }

  func placementPlace() throws(LogbookError) -> Int? {
    try book.setting("placement").flatMap { Int($0) }
  }

  func answerPlacement(_ place: Int, _ arguments: [String]) throws(LogbookError) -> Said {
    let questions = placementQuestions
    guard questions.indices.contains(place) else {
      try book.set("placement", nil)
      return (1, "Nothing is asked.\n")
    }
    let (lesson, question) = questions[place]
    var answer: String?
    if arguments.first != "0" {
      do { answer = try question.answer(arguments) } catch {
        return (2, error.text + ", or 0: answer 0\n")
      }
    }
    let isRight = question.isRight(answer)
    try book.set("known.\(lesson.id)", isRight ? "1" : nil)
    try book.set("placement", "\(nextPlacement(after: place))")
    let verdict = isRight ? "✔ Right.\n\n" : "Not that; the lesson will tell.\n\n"
    if let next = try placementQuestion() { return (0, draw(verdict + next)) }
    let ending = try placementEnding()
    return (0, draw(verdict + ending))
  }

  /// The next question of a topic in which less than two were not known.
  private func nextPlacement(after place: Int) throws(LogbookError) -> Int {
    let questions = placementQuestions
    var missed: [String: Int] = [:]
    for (lesson, _) in questions[...place] where try book.setting("known.\(lesson.id)") == nil {
      missed[lesson.topic, default: 0] += 1
    }
    return questions.indices.dropFirst(place + 1)
      .first { missed[questions[$0].0.topic, default: 0] < 2 } ?? questions.count
  }

  private func placementEnding() throws(LogbookError) -> String {
    try book.set("placement", nil)
    for lesson in course.lessons where try book.setting("known.\(lesson.id)") == nil {
      return "That was all. Begin with `learn \(lesson.id)`: \(lesson.title).\n"
    }
    return "That was all, and you knew it all. Go on with `practice` or `exam`.\n"
  }
}
