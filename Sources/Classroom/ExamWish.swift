import Curriculum
import Simulation

/// What a learner asked of `exam`.
struct ExamWish {
  struct Problem: Error { var text: String }

  var certification: Certification
  var domain: String?
  var minutes: Int?
  var seed: UInt64?
  var mayPause = false

  static func read(_ arguments: [String]) -> Result<ExamWish, Problem> {
    Result { () throws(Problem) in try parse(arguments) }
  }

  private static func parse(_ arguments: [String]) throws(Problem) -> ExamWish {
    var words = arguments[...]
    var name: String?
    var domain: String?
    var minutes: Int?
    var seed: UInt64?
    var mayPause = false
    while let word = words.popFirst() {
      switch word {
      case "--pause": mayPause = true
      case "--domain": domain = words.popFirst()
      case "--seed": seed = words.popFirst().flatMap { UInt64($0) }
      case "--drill":
        guard let span = words.popFirst().flatMap({ Span(duration: $0) }),
          span >= .minutes(1), span <= .hours(8)
        else { throw Problem(text: "--drill takes a time such as 20m") }
        minutes = Int(span.seconds / 60)
      default: name = word
      }
    }
    let names = Certifications.all.map(\.id).joined(separator: ", ")
    guard let certification = Certifications.named(name ?? "cka") else {
      throw Problem(text: "there is no exam \"\(name ?? "")\"; there are \(names)")
    }
    let domains = certification.domains.map { String($0.id.dropFirst(certification.id.count + 1)) }
    if let domain, !domains.contains(domain) {
      throw Problem(
        text: "\(certification.id) has no domain \"\(domain)\"; there are "
          + domains.joined(separator: ", "))
    }
    if name == nil, domain == nil, minutes == nil {
      throw Problem(text: "which one? There are \(names). For example: exam cka")
    }
    return ExamWish(
      certification: certification, domain: domain, minutes: minutes, seed: seed,
      mayPause: mayPause)
  }
}
