/// The words that a learner tells drydock itself, as `help` lists them.
package enum Word: String, CaseIterable, Sendable {
  case learn, lesson, next, back, answer, practice, check, hint, solution, reset, undo, review
  case exam, flag, jump, finish, progress, placement, skip, why
  case trace, netpol, topology, help

  /// Programs of their own rather than questions to the session; they would help in an exam.
  var isProgram: Bool { [.skip, .why, .trace, .netpol, .topology].contains(self) }

  /// What follows it, and what it does.
  package var usage: (arguments: String, meaning: String) {
    switch self {
    case .learn: ("[LESSON]", "list the lessons, or begin one")
    case .lesson: ("", "show the page of the lesson again")
    case .next: ("", "go on to the next page or task")
    case .back: ("", "go back a page or task")
    case .answer: ("NUMBER", "answer a question")
    case .practice:
      ("[EXERCISE [new]]", "list the exercises, or begin one; new: in another variant")
    case .check: ("", "mark what you have done so far")
    case .hint: ("", "the next hint")
    case .solution: ("", "one way to do it")
    case .reset: ("", "begin the exercise or lesson again on a fresh cluster")
    case .undo: ("", "take back the last command that changed something")
    case .review: ("", "what is due to be recalled, a few minutes a day")
    case .exam: ("[cka|ckad|…]", "begin an exam, or see how it stands; exam --help tells more")
    case .flag: ("", "mark the exam's task to come back to")
    case .jump: ("NUMBER", "go to a task of the exam")
    case .finish: ("", "hand the exam in")
    case .progress: ("", "what you have done so far")
    case .placement: ("", "find out which lessons you may skip")
    case .skip: ("TIME", "let time pass: skip 5m")
    case .why:
      ("OBJECT", "why it is as it is: why pod/web; who may: why can jane get pods -n shop")
    case .trace:
      ("from POD to TARGET", "a connection hop by hop: trace from box to http://web")
    case .netpol: ("table [-n NS]", "who may talk to whom")
    case .topology: ("[--svg FILE]", "the cluster drawn")
    case .help: ("", "this list")
    }
  }
}
