import Classroom
import Foundation
import LearnerRecord
import Simulation
import Testing

@testable import Curriculum

@Suite struct ExamTests {
  @Test("an exam has no help, goes from task to task, and is marked at the end by domain")
  func exam() throws {
    let pupil = try Pupil()
    let rules = try pupil.say("exam ckad --seed 3")
    #expect(rules.contains("Certified Kubernetes Application Developer"))
    #expect(rules.contains("Task 1 of 1"))
    for word in ["check", "hint", "solution", "undo", "learn", "reset"] {
      #expect(try pupil.say(word).contains("in an exam"), "\(word)")
    }
    #expect(try pupil.say("why pod/x").contains("in an exam"))
    #expect(try pupil.say("flag").contains("flagged ⚑"))
    #expect(try pupil.say("next").contains("last task"))
    #expect(try pupil.say("jump 9").contains("from 1 to 1"))
    let task = try pupil.say("jump 1")
    let name = task.split(separator: "`").dropFirst().first.map(String.init) ?? ""
    try pupil.say("kubectl create configmap \(name)")
    #expect(try pupil.say("exam").contains("⚑"))
    pupil.wall = pupil.wall + .minutes(10)
    #expect(try pupil.say("finish").contains("1 flagged; `exam` lists them, 1:50:00 left"))
    let report = try pupil.say("finish")
    #expect(report.contains("50 %: not passed"), "\(report)")
    #expect(report.contains("Environment, Configuration and Security | 50 %"))
    #expect(report.contains("2 of 4") && report.contains("not verified"))
    #expect(report.contains("0:10:00 of 120 minutes"))
    #expect(report.contains("practice two-maps new"))
    #expect(report.contains("- ✘ It knows its colour (2 points): configmap/\(name): "), "\(report)")
    #expect(report.contains("`exam replay 1` plays again"))
    #expect(try pupil.book.exams().count == 1)
    #expect(try pupil.say("finish").contains("no exam"))
    #expect(try pupil.say("practice two-maps").contains("Make a ConfigMap"))
  }

  @Test("after the end the report is there again, and one's own session plays again")
  func replay() throws {
    let pupil = try Pupil()
    #expect(try pupil.say("exam report").contains("No exam has ended yet"))
    let task = try pupil.say("exam ckad --seed 3")
    let name = ["red", "blue", "green"].first { task.contains("`\($0)`") } ?? ""
    pupil.wall = pupil.wall + .minutes(2)
    try pupil.say("kubectl create configmap \(name) --dry-run=client -o name")
    pupil.wall = pupil.wall + .minutes(1)
    try pupil.say("kubectl create configmap \(name); seq 100")
    #expect(try pupil.say("exam replay 1").contains("Certified"), "no looking back in an exam")
    try pupil.say("exam")
    let report = try pupil.say("finish")
    #expect(try pupil.say("exam report") == report)
    #expect(try pupil.say("exam replay").contains("from 1 to 1"))
    let film = try pupil.say("exam replay 1")
    #expect(
      film.contains(
        """
        0:02:00 $ kubectl create configmap \(name) --dry-run=client -o name
        configmap/\(name)
        0:03:00 $ kubectl create configmap \(name); seq 100
        configmap/\(name) created
        1
        """), "\(film)")
    #expect(film.contains("38\n…\n0:03:00 $ exam replay 1\n0:03:00 $ exam\n"), "\(film)")
    #expect(!film.contains("points | |"), "what drydock said is not repeated")
    #expect(film.contains("- ✔ The ConfigMap \(name) is there\n- ✘ It knows its colour"))
    try pupil.comeBack()
    #expect(try pupil.say("exam replay 1") == film)
  }

  @Test(
    "what points were lost for is told from what was typed",
    arguments: [
      (["kubectl get configmaps"], "not attempted", "exam ckad --drill 20m --domain environment"),
      (["next"], "not attempted", "practice two-maps new"),
      (
        ["kubectl create configmap NAME -n kube-system"], "wrong namespace", "practice two-maps new"
      ),
      (
        ["kubectl create configmap NAME", "printf 'a: [' | kubectl apply -f -"], "YAML slip",
        "practice two-maps new"
      ),
      (["printf 'kind: ConfigMap' | kubectl apply -f -"], "YAML slip", "practice two-maps new"),
      (["kubectl create configmap NAME"], "not verified", "practice two-maps new"),
      (["kubectl create configmap NAME", "k get cm NAME"], "knowledge", "learn first"),
      (["kubectl get cm", "kubectl create configmap NAME", "ls"], "knowledge", "learn first"),
    ])
  func causes(_ lines: [String], _ cause: String, _ proposal: String) throws {
    let pupil = try Pupil()
    let task = try pupil.say("exam ckad --seed 3")
    let name = ["red", "blue", "green"].first { task.contains("`\($0)`") } ?? ""
    for line in lines { try pupil.say(line.replacingOccurrences(of: "NAME", with: name)) }
    try pupil.say("finish")
    let report = try pupil.say("exam report")
    #expect(report.contains("| \(cause) |"), "\(report)")
    #expect(report.contains(proposal), "\(report)")
  }

  @Test("tasks that were never opened are told of before an exam is handed in")
  func unopened() throws {
    let other = Pupil.files["Exercises/basics/two-maps.md"] ?? ""
    let pupil = try Pupil(adding: ["Exercises/basics/two-more.md": other])
    #expect(try pupil.say("exam ckad --seed 1").contains("Task 1 of 2"))
    #expect(try pupil.say("finish").contains("1 never opened"))
    try pupil.say("next")
    #expect(try pupil.say("finish").contains("0 %: not passed"))
  }

  @Test("the clock is honest when drydock was killed, and stands still only where allowed")
  func clock() throws {
    let pupil = try Pupil()
    try pupil.say("exam ckad --seed 1")
    #expect(pupil.session.countdown == "2:00:00")
    #expect(try pupil.say("exam pause").contains("without pauses"))
    pupil.wall = pupil.wall + .minutes(50)
    try pupil.comeBack()
    #expect(pupil.session.countdown == "1:10:00")
    #expect(try pupil.session.greeting().contains("drydock"))
    #expect(try pupil.session.greeting().contains("1:10:00 left"))
    #expect(try pupil.session.examNews() == nil)
    pupil.wall = pupil.wall + .minutes(41)
    #expect(try pupil.session.examNews()?.contains("30 minutes left") == true)
    #expect(try pupil.session.examNews() == nil)
    pupil.wall = pupil.wall + .minutes(14)
    #expect(try pupil.session.examNews()?.contains("15 minutes left") == true)
    pupil.wall = pupil.wall + .minutes(10)
    #expect(try pupil.session.examNews()?.contains("5 minutes left") == true)
    #expect(try pupil.session.examNews() == nil)
    pupil.wall = pupil.wall + .minutes(6)
    let end = try #require(try pupil.session.examNews())
    #expect(end.contains("The time is over") && end.contains("0 %: not passed"))
    #expect(end.contains("not attempted"))
    #expect(pupil.session.countdown == nil)
    #expect(try pupil.say("echo free") == "free\n")
  }

  @Test("a pause that was allowed stops the clock")
  func pause() throws {
    let pupil = try Pupil()
    try pupil.say("exam ckad --pause --drill 30m --domain environment")
    #expect(pupil.session.countdown == "0:30:00")
    #expect(try pupil.say("exam pause").contains("stands still"))
    #expect(try pupil.say("kubectl create configmap sly").contains("is paused"))
    #expect(try pupil.say("exam; kubectl create configmap sly").contains("is paused"))
    pupil.wall = pupil.wall + .hours(5)
    try pupil.comeBack()
    #expect(pupil.session.countdown == "paused")
    try pupil.say("exam resume")
    #expect(pupil.session.countdown == "0:30:00")
  }

  @Test("what is asked wrongly is told with what there is")
  func wrong() throws {
    let pupil = try Pupil()
    #expect(try pupil.say("exam cka").contains("Task 1 of 1"))
    let other = try Pupil()
    #expect(try other.say("exam").contains("`exam ckad`"))
    #expect(try other.say("exam cke").contains("there are cka, ckad"))
    #expect(try other.say("exam ckad --domain storage").contains("there are design"))
    #expect(try other.say("exam cks").contains("nothing here"))
    #expect(try other.say("exam --drill soon ckad").contains("20m"))
  }

  @Test("multiple choice is answered, changed, and explained afterwards")
  func choice() throws {
    let pupil = try Pupil()
    #expect(try pupil.say("exam kcna --seed 1").contains("Question 1 of 2"))
    #expect(try pupil.say("answer 1").contains("Question 2 of 2"))
    #expect(try pupil.say("back").contains("← chosen"))
    try pupil.say("next")
    #expect(try pupil.say("answer 1").contains("last question"))
    #expect(try pupil.say("answer 7").contains("from 1 to 2"))
    let report = try pupil.say("finish")
    #expect(report.contains("50 %: not passed") && report.contains("knowledge"))
    #expect(report.contains("Two?** It is: **b.** So it is. Not: *a.* Not so."))
  }

  @Test("a question that an exam found not to be known comes again in review")
  func missed() throws {
    let pupil = try Pupil()
    #expect(try !pupil.say("progress").contains("KCNA"))
    try pupil.say("exam kcna --seed 1")
    try pupil.say("answer 1")
    try pupil.say("answer 1")
    #expect(try pupil.say("finish").contains("come again in `review`"))
    let progress = try pupil.say("progress")
    #expect(progress.contains("## KCNA") && progress.contains("it rests on 2 results"))
    #expect(progress.contains("Delivery (16 %) | ░░░░░░░░░░ | 0 of 1 | 0 % |"), "\(progress)")
    let card = try pupil.say("review")
    #expect(card.contains("Two?") && card.contains("Review: Questions"))
    #expect(try pupil.say("answer 2").contains("*Pods*"))
    #expect(try pupil.say("review").contains("Nothing more is due"))
    // What is answered rightly by now is mastered; the forecast rests on exams.
    let later = try pupil.say("progress")
    #expect(later.contains("Delivery (16 %) | ██████████ | 1 of 1 | 100 % |"), "\(later)")
    #expect(later.contains("it rests on 2 results"))
    #expect(try pupil.session.progressJSON().contains("\"questions\""))
  }

  @Test("tasks are drawn by the weights of the domains, and none twice")
  func weights() {
    #expect(ExamPaper.apportion(10, weights: [30, 10, 60], limits: [9, 9, 9]) == [3, 1, 6])
    #expect(ExamPaper.apportion(10, weights: [30, 10, 60], limits: [9, 9, 2]) == [6, 2, 2])
    #expect(ExamPaper.apportion(5, weights: [1, 1], limits: [1, 1]) == [1, 1])
    #expect(ExamPaper.apportion(3, weights: [], limits: []) == [])
  }

  @Test("cards come from lessons that were begun, are graded by what happened, and come again")
  func review() throws {
    let pupil = try Pupil()
    #expect(try pupil.say("review").contains("nothing to recall yet"))
    try pupil.say("learn first")
    try pupil.say("next")
    #expect(try pupil.say("review").contains("two and two"))
    pupil.wall = pupil.wall + .seconds(20)
    #expect(try pupil.say("answer 2").contains("It is: **four.**"))
    #expect(try pupil.say("review").contains("Make a ConfigMap `again`"))
    #expect(try pupil.say("check").contains("✘"))
    try pupil.say("kubectl create configmap again")
    #expect(try pupil.say("check").contains("✔"))
    pupil.wall = pupil.wall + .minutes(2)
    #expect(try pupil.say("review").contains("two and two"))
    #expect(try pupil.say("answer 1").contains("✔ Right"))
    let reviews = try pupil.book.reviews()
    #expect(reviews.map(\.grade) == [.again, .hard, .easy])
    #expect(reviews.map(\.card) == ["first/1", "first/2", "first/1"])
  }
}
