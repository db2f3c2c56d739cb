/// Something to recall now and then: a lesson's question, or a drill in the cluster.
package struct Card: Sendable {
  package enum Matter: Sendable {
    case question(Question)
    case drill(Drill)
  }

  /// `LESSON/NUMBER`, stable as long as cards are added at a lesson's end.
  package var id: String
  package var lesson: String
  package var topic: String
  package var matter: Matter

  package var ask: String {
    switch matter {
    case .question(let question): question.ask
    case .drill(let drill): drill.ask
    }
  }
}

extension Course {
  /// The cards of all lessons, in the order of teaching.
  package var cards: [Card] { lessons.flatMap(cards(of:)) }

  package func card(_ id: String) -> Card? {
    guard let slash = id.lastIndex(of: "/"), let lesson = lesson(String(id[..<slash])) else {
      return nil
    }
    return cards(of: lesson).first { $0.id == id }
  }

  package func cards(of lesson: Lesson) -> [Card] {
    var matters: [Card.Matter] = []
    for page in lesson.pages {
      if let question = page.question { matters.append(.question(question)) }
      matters += page.drills.map(Card.Matter.drill)
    }
    return matters.enumerated().map {
      Card(
        id: "\(lesson.id)/\($0.offset + 1)", lesson: lesson.id, topic: lesson.topic,
        matter: $0.element)
    }
  }
}
