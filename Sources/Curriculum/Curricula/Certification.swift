/// One certificate of the certifying body: its exam's form and what it asks for.
package struct Certification: Hashable, Sendable {
  package struct Domain: Hashable, Sendable {
    /// Such as `cka.storage`.
    package var id: String
    package var title: String
    /// Percent of the exam.
    package var weight: Int
    package var competencies: [Competency]
  }

  package struct Competency: Hashable, Sendable {
    /// Such as `cka.storage.claims`.
    package var id: String
    package var title: String
  }

  package var id: String
  package var title: String
  package var minutes: Int
  package var items: Int
  /// Percent.
  package var passMark: Int
  /// Whether it consists of multiple-choice questions, not of tasks.
  package var isMultipleChoice: Bool
  package var domains: [Domain]

  init(
    _ id: String, _ title: String, minutes: Int = 120, items: Int = 17, pass: Int = 66,
    isMultipleChoice: Bool = false, domains: [Domain]
  ) {
    self.id = id
    self.title = title
    self.minutes = minutes
    self.items = items
    passMark = pass
    self.isMultipleChoice = isMultipleChoice
    self.domains = domains
  }

  package func domain(of competency: String) -> Domain? {
    domains.first { $0.competencies.contains { $0.id == competency } }
  }
}

extension Certification.Domain {
  /// Competencies as pairs of the last part of the id and the title.
  init(_ id: String, _ title: String, _ weight: Int, _ pairs: KeyValuePairs<String, String>) {
    self.id = id
    self.title = title
    self.weight = weight
    competencies = pairs.map { .init(id: "\(id).\($0.key)", title: $0.value) }
  }
}
