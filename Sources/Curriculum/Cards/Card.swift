/// Something to recall now and then: a question of a lesson or of a bank, or a drill in the cluster.
package struct Card: Sendable {
  package enum Matter: Sendable {
    case question(Question)
    case drill(Drill)
  }

  /// `LESSON/NUMBER` or `BANK/NUMBER`, stable as long as cards are added at the end.
  package var id: String
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
  package func card(_ id: String) -> Card? {
    guard let slash = id.lastIndex(of: "/") else { return nil }
    if let lesson = lesson(String(id[..<slash])) {
      return cards(of: lesson).first { $0.id == id }
    }
    guard let bank = banks.first(where: { $0.id == id[..<slash] }), let question = question(id)
    else { return nil }
    return Card(id: id, topic: bank.title, matter: .question(question))
  }

  package func cards(of lesson: Lesson) -> [Card] {
    var matters: [Card.Matter] = []
    for page in lesson.pages {
      if let question = page.question { matters.append(.question(question)) }
      matters += page.drills.map(Card.Matter.drill)
    }
    return matters.enumerated().map {
      Card(id: "\(lesson.id)/\($0.offset + 1)", topic: lesson.topic, matter: $0.element)
    }
  }
}
