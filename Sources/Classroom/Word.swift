/// The words that a learner tells drydock itself, as `help` lists them.
package enum Word: String, CaseIterable, Sendable {
  case learn, lesson, next, back, answer, practice, check, hint, solution, reset, undo, review
  case exam, flag, jump, finish, progress, placement, skip, why
  case trace, netpol, topology, serve, help

  /// Programs of their own rather than questions to the session; they would help in an exam.
  var isProgram: Bool { [.skip, .why, .trace, .netpol, .topology].contains(self) }

  /// Words that belong together, as they are typed, and what they do.
  typealias Usage = (words: [Word], calls: String, meaning: String)

  /// The lines of `help`, which fit a screen of 24 rows and 80 columns with what stands around them.
  static let usages: [Usage] = [
    ([.learn], "`learn [LESSON]`", "list the lessons, or begin one"),
    ([.next, .back, .lesson], "`next` `back` `lesson`", "turn the page; show it again"),
    ([.practice], "`practice [NAME [new]]`", "list the exercises, or begin one, or a variant"),
    ([.check, .hint, .solution], "`check` `hint` `solution`", "mark it; the next hint; one way"),
    ([.answer], "`answer NUMBER`", "answer a question"),
    (
      [.undo, .reset, .skip], "`undo` `reset` `skip 5m`",
      "take the last change back; begin afresh; let time pass"
    ),
    ([.why], "`why OBJECT`", "why it is so: why pod/web, why can jane get pods"),
    ([.trace], "`trace from POD to URL`", "a connection, hop by hop"),
    ([.netpol, .topology], "`netpol table` `topology`", "who talks to whom; the cluster drawn"),
    ([.review], "`review`", "what is due to be recalled, minutes a day"),
    ([.exam], "`exam [cka|ckad|…]`", "begin an exam, or see how it stands; --help"),
    ([.flag, .jump, .finish], "`flag` `jump N` `finish`", "mark a task; go to one; hand in"),
    ([.progress, .placement], "`progress` `placement`", "what you have done; what you may skip"),
    ([.serve], "`serve on` `serve off`", "open the cluster to your own kubectl, k9s or helm"),
    ([.help], "`help`", "this list"),
  ]
}
