import LearnerRecord
import Simulation
import Testing

@testable import Classroom

@Suite struct SessionTests {
  @Test("a lesson is listed, begun, turned, done by doing and ended")
  func lesson() throws {
    let pupil = try Pupil()
    #expect(try pupil.say("learn").contains("\nNext: `learn first`, "))
    #expect(try pupil.say("learn first").contains("Welcome."))
    #expect(try pupil.say("next").contains("Make a ConfigMap `map`"))
    #expect(try pupil.say("next").contains("Not yet"))
    #expect(try pupil.say("back").contains("Welcome."))
    #expect(try pupil.say("next").contains("Page 2 of 3"))
    #expect(try pupil.say("solution").contains("kubectl create configmap map"))
    let done = try pupil.say("kubectl create configmap map")
    #expect(done.contains("configmap/map created") && done.contains("✔"))
    #expect(try pupil.say("next").contains("two and two"))
    #expect(try pupil.say("answer 2").contains("✘ No. Too many."))
    #expect(try pupil.say("answer 1").contains("✔ Right."))
    #expect(try pupil.say("next").contains("practice two-maps"))
    #expect(try pupil.say("progress").contains("3 of 3"))
    #expect(try pupil.say("learn nothing").contains("no lesson"))
  }

  @Test("a page is noticed as done when a command's output, too, is as asked")
  func noticed() throws {
    let lesson = """
      ---
      title: Counting
      topic: basics
      order: 2
      cluster: apiserver
      ---
      ## Two
      ```check
      - {say: The map is there, object: configmap/map}
      - {say: There is a label, output: kubectl get cm -l a=b -o name, lines: [configmap/map]}
      ```
      ```do
      kubectl create configmap map; kubectl label configmap map a=b
      ```
      """
    let pupil = try Pupil(adding: ["Lessons/second.md": lesson])
    try pupil.say("learn second")
    #expect(!(try pupil.say("kubectl create configmap map").contains("✔")))
    #expect(try pupil.say("kubectl label configmap map a=b").contains("✔ All done"))
    #expect(!(try pupil.say("kubectl get configmap map").contains("✔")))
  }

  @Test("an exercise is marked with partial credit, hints look at what is there")
  func exercise() throws {
    let pupil = try Pupil()
    #expect(try pupil.say("practice").contains("`two-maps`"))
    #expect(try pupil.say("practice two-maps").contains("Make a ConfigMap `red`"))
    let none = try pupil.say("check")
    #expect(none.contains("✘ The ConfigMap red is there") && none.contains("· It knows"))
    #expect(none.contains("0 of 4 points"))
    #expect(try pupil.say("hint").contains("There is none yet."))
    try pupil.say("kubectl create configmap red")
    #expect(try pupil.say("check").contains("2 of 4 points"))
    #expect(try pupil.say("hint").contains("It has no colour."))
    #expect(try pupil.say("hint").contains("Plainly."))
    #expect(try pupil.say("hint").contains("no more hints"))
    #expect(try pupil.say("undo").contains("Taken back: kubectl create configmap red"))
    #expect(try pupil.say("check").contains("0 of 4 points"))
    try pupil.say("kubectl create configmap red --from-literal=colour=red")
    let full = try pupil.say("check")
    #expect(full.contains("4 of 4 points") && full.contains("That is all."))
    #expect(full.contains("*ConfigMaps*"))
    #expect(try pupil.say("practice").contains("✔"))
    #expect(try pupil.book.attempts(at: "two-maps").map(\.points) == [0, 2, 0, 4])
    #expect(try pupil.book.attempts(at: "two-maps").map(\.hints) == [0, 1, 3, 3])
  }

  @Test("reset begins again, and new brings another variant that stays")
  func variants() throws {
    let pupil = try Pupil()
    try pupil.say("practice two-maps")
    try pupil.say("kubectl create configmap red")
    #expect(try pupil.say("reset").contains("Make a ConfigMap `red`"))
    #expect(try pupil.say("kubectl get configmap red").contains("NotFound"))
    var names: Set<String> = []
    for _ in 0..<4 {
      try pupil.say("check")
      let text = try pupil.say("practice two-maps new")
      let name = text.split(separator: "`").dropFirst().first.map(String.init) ?? ""
      names.insert(name)
      #expect(try pupil.say("practice two-maps").contains("`\(name)`"))
      try pupil.say("kubectl create configmap \(name) --from-literal=colour=\(name)")
      #expect(try pupil.say("check").contains("4 of 4"))
    }
    #expect(names.count > 1)
  }

  @Test(
    "whoever is killed inside of a conversation comes back to the workstation",
    arguments: ["ssh node01", "kubectl exec -it t -- sh", "kubectl attach -it t", "cat"])
  func killedInConversation(_ line: String) throws {
    let pupil = try Pupil("kubeadm")
    try pupil.say("kubectl run t --image=busybox -- sleep 999; sleep 9")
    try pupil.session.submit(line)
    _ = try pupil.session.drive(.seconds(3))
    try pupil.session.type(Array("hostname\n".utf8))
    _ = try pupil.session.drive(.seconds(1))
    #expect(pupil.session.isRunning)
    for _ in 0..<2 {
      try pupil.comeBack()
      #expect(!pupil.session.isRunning)
      #expect(try pupil.say("echo alive; hostname") == "alive\nworkstation\n")
    }
  }

  @Test("what stty says of the terminal holds until the window changes")
  func size() throws {
    let pupil = try Pupil()
    try pupil.session.resize(columns: 90, rows: 30)
    #expect(try pupil.say("stty size") == "30 90\n")
    try pupil.say("stty cols 100")
    try pupil.session.resize(columns: 90, rows: 30)
    #expect(try pupil.say("stty size") == "30 100\n")
    try pupil.session.resize(columns: 91, rows: 30)
    #expect(try pupil.say("stty size") == "30 91\n")
  }

  @Test("undo takes back only what changed the cluster, one command at a time")
  func undo() throws {
    let pupil = try Pupil()
    #expect(try pupil.say("undo").contains("nothing to take back"))
    try pupil.say("kubectl create configmap a")
    try pupil.say("kubectl get configmap a")
    try pupil.say("kubectl create configmap b")
    #expect(try pupil.say("undo").contains("configmap b"))
    #expect(try pupil.say("kubectl get cm -o name").contains("configmap/a\n"))
    #expect(try !pupil.say("kubectl get cm -o name").contains("configmap/b\n"))
    #expect(try pupil.say("undo").contains("configmap a"))
    #expect(try !pupil.say("kubectl get cm -o name").contains("configmap/a\n"))
  }

  @Test("skip moves the clock and why tells what a Pod waits for")
  func skipAndWhy() throws {
    let pupil = try Pupil("kubeadm")
    try pupil.say("kubectl run web --image=nginx")
    try pupil.say("skip 30s")
    #expect(try pupil.say("kubectl get pod web").contains("Running"))
    try pupil.say(
      "kubectl run lost --image=nginx --overrides='{\"spec\":{\"nodeSelector\":{\"disk\":\"no\"}}}'"
    )
    try pupil.say("skip 5s")
    let why = try pupil.say("why pod/lost")
    #expect(why.contains("pod/lost is Pending") && why.contains("no node takes it"))
    #expect(try pupil.say("skip soon").contains("how long?"))
    #expect(try pupil.say("why pod/nobody").contains("not found"))
  }

  @Test("whoever comes back finds files, objects, variables of the cluster and the place")
  func comesBack() throws {
    let pupil = try Pupil()
    try pupil.say("practice two-maps")
    try pupil.say("kubectl create configmap red; echo text > note")
    let before = try pupil.say("kubectl get configmap -o yaml")
    try pupil.comeBack()
    #expect(try pupil.session.greeting().contains("drydock"))
    #expect(try pupil.say("cat note") == "text\n")
    #expect(try pupil.say("kubectl get configmap -o yaml") == before)
    #expect(try pupil.say("check").contains("2 of 4"))
  }

  @Test("a command that was running when the program was killed is ended, not repeated")
  func killedWhileRunning() throws {
    let pupil = try Pupil()
    try pupil.session.submit("echo a >> log; sleep 100; echo b >> log")
    _ = try pupil.session.drive(.seconds(1))
    try pupil.comeBack()
    #expect(!pupil.session.isRunning)
    #expect(try pupil.say("cat log") == "a\n")
    try pupil.comeBack()
    #expect(try pupil.say("cat log") == "a\n")
  }

  @Test("a guest beside an open drydock leaves the learner's own cluster alone")
  func guest() throws {
    let pupil = try Pupil()
    try pupil.say("kubectl create configmap mine")
    let guest = try pupil.neighbour()
    try guest.submit("kubectl create configmap theirs")
    _ = try guest.drive(.seconds(5))
    #expect(!guest.isRunning)
    try pupil.say("kubectl create configmap more")
    try pupil.comeBack()
    let names = try pupil.say("kubectl get configmap -o name")
    #expect(names.contains("/mine") && names.contains("/more") && !names.contains("/theirs"))
  }

  @Test("a file is edited by the learner's own editor")
  func edit() throws {
    let pupil = try Pupil()
    try pupil.say("echo one > note")
    try pupil.session.submit("edit note && cat note")
    _ = try pupil.session.drive(.seconds(1))
    // Comparing the session itself would print the whole cluster.
    let file = pupil.session.fileToEdit
    let (path, contents) = (file?.path ?? "", file?.contents ?? [])
    #expect(path.hasSuffix("note") && contents == Array("one\n".utf8))
    try pupil.session.finishEditing(Array("two\n".utf8))
    _ = try pupil.session.drive(.seconds(1))
    #expect(try pupil.say("cat note") == "two\n")
    try pupil.comeBack()
    #expect(try pupil.say("cat note") == "two\n")
  }

  @Test("a placement marks the lessons whose questions are known")
  func placement() throws {
    let pupil = try Pupil()
    #expect(try pupil.say("placement").contains("two and two"))
    #expect(try pupil.say("answer 9").contains("from 1 to 2: answer 1, or 0: answer 0"))
    #expect(try pupil.say("answer 1").contains("you knew it all"))
    #expect(try pupil.say("learn").contains("known"))
    #expect(try !pupil.say("learn").contains("Next:"))
    try pupil.say("placement")
    #expect(try pupil.say("answer 0").contains("`learn first`"))
    #expect(try !pupil.say("learn").contains("known"))
  }

  @Test("a number alone answers the question that is asked, and is a command where none is")
  func bareNumber() throws {
    let pupil = try Pupil()
    #expect(try pupil.say("1").contains("1: command not found"))
    try pupil.say("placement")
    #expect(try pupil.say("7").contains("from 1 to 2"))
    #expect(try pupil.say("1x").contains("1x: command not found"))
    #expect(try pupil.say(" 1 ").contains("you knew it all"))
    #expect(try pupil.say("1").contains("1: command not found"))
  }

  @Test("a placement leaves a topic after two lessons that are not known")
  func shortPlacement() throws {
    let lesson = try #require(Pupil.files["Lessons/first.md"])
    var more: [String: String] = [:]
    for (number, topic) in ["basics", "basics", "other", "basics"].enumerated() {
      more["Lessons/more-\(number).md"] =
        lesson.replacing("order: 1", with: "order: \(number + 2)")
        .replacing("topic: basics", with: "topic: \(topic)")
        .replacing("First steps", with: "More \(number)")
    }
    let pupil = try Pupil(adding: more)
    try pupil.say("placement")
    #expect(try pupil.say("answer 0").contains("2 of 5: More 0"))
    // Two of the basics are not known: their third and fourth lessons are passed over.
    #expect(try pupil.say("answer 0").contains("4 of 5: More 2"))
    #expect(try pupil.say("answer 1").contains("`learn first`"))
  }

  @Test("after full marks the next exercise of the topic that is not mastered is named")
  func successor() throws {
    let exercise = try #require(Pupil.files["Exercises/basics/two-maps.md"])
    let pupil = try Pupil(adding: [
      "Exercises/basics/three-maps.md": exercise.replacing("Two maps", with: "Three maps")
    ])
    func solve(_ name: String) throws -> String {
      try pupil.say("practice \(name)")
      try pupil.say("kubectl create configmap red --from-literal=colour=red")
      return try pupil.say("check")
    }
    #expect(try solve("two-maps").contains("Next: `practice three-maps`, Three maps."))
    #expect(try !solve("three-maps").contains("Next:"))
  }

  @Test("a lesson ends with a few exercises of its topic that are not mastered, and the way to all")
  func practice() throws {
    let exercise = try #require(Pupil.files["Exercises/basics/two-maps.md"])
    let pupil = try Pupil(
      adding: Dictionary(
        uniqueKeysWithValues: (1...6).map { ("Exercises/basics/maps-\($0).md", exercise) }))
    try pupil.say("practice maps-1")
    try pupil.say("kubectl create configmap red --from-literal=colour=red")
    try pupil.say("check")
    try pupil.say("learn first")
    for _ in 0..<4 { try pupil.say("next") }
    try pupil.say("1")
    let ending = try pupil.say("next")
    #expect(!ending.contains("maps-1`") && ending.contains("`practice maps-6`"), "\(ending)")
    #expect(!ending.contains("two-maps") && ending.contains("`practice basics` lists all 7."))
  }

  @Test("a long list of exercises is told by topic")
  func topics() throws {
    let exercise = try #require(Pupil.files["Exercises/basics/two-maps.md"])
    var more: [String: String] = [:]
    for number in 1...45 {
      let topic = number % 2 == 0 ? "even" : "odd"
      more["Exercises/\(topic)/n-\(number).md"] = exercise.replacing(
        "topic: basics", with: "topic: \(topic)")
    }
    let pupil = try Pupil(adding: more)
    let list = try pupil.say("practice")
    #expect(list.contains("`even` | 0 of 22") && list.contains("`odd` | 0 of 23"), "\(list)")
    #expect(!list.contains("`n-2`"))
    let even = try pupil.say("practice even")
    #expect(even.contains("`n-2`") && !even.contains("`n-3`"))
    #expect(try pupil.say("practice neither").contains("there is no exercise"))
  }

  @Test("help is drydock's own, and progress is there for programs and browsers")
  func helpAndProgress() throws {
    let pupil = try Pupil()
    #expect(try pupil.say("help").contains("`practice [NAME [new]]`"))
    #expect(Set(Word.usages.flatMap(\.words)) == Set(Word.allCases))
    try pupil.say("practice two-maps")
    try pupil.say("kubectl create configmap red --from-literal=colour=red")
    try pupil.say("check")
    let text = try pupil.say("progress")
    #expect(text.contains("1 of 1 exercises mastered, 1 day in a row"), "\(text)")
    #expect(text.contains("An exam today"))
    let json = try pupil.session.progressJSON()
    #expect(json.contains("\"mastered\":1") && json.contains("\"streak\":1"))
    let page = try pupil.session.progressPage()
    #expect(page.contains("<meter") && page.contains("1 of 1"))
  }
}

@Test("with several clusters undo, return and why are about the one that the context names")
func severalClusters() throws {
  let pupil = try Pupil("one=apiserver,two=apiserver")
  try pupil.say("kubectl config use-context kubernetes-admin@two")
  try pupil.say("kubectl create namespace shop")
  try pupil.say("kubectl create service clusterip lonely --tcp 80 -n shop")
  #expect(try pupil.say("why svc/lonely -n shop").contains("has no endpoints"))
  try pupil.say("kubectl config use-context kubernetes-admin@one")
  #expect(try pupil.say("why svc/lonely -n shop").contains("not found"))
  #expect(try pupil.say("kubectl get ns shop").contains("NotFound"))
  try pupil.comeBack()
  let other = "kubectl --context kubernetes-admin@two get ns shop -o name"
  #expect(try pupil.say(other) == "namespace/shop\n")
  try pupil.say("kubectl --context kubernetes-admin@two delete ns shop --wait=false")
  #expect(try pupil.say("undo").contains("delete ns shop"))
  #expect(
    try pupil.say("kubectl --context kubernetes-admin@two get svc -n shop -o name")
      == "service/lonely\n")
}

@Test("a cluster of another kind is opened beside the usual one, and come back to")
func otherKind() throws {
  let pupil = try Pupil()
  try pupil.say("kubectl create namespace usual")
  try pupil.session.open(blueprint: "a=apiserver,b=apiserver")
  try pupil.say("kubectl create namespace other")
  #expect(try pupil.say("kubectl config current-context") == "kubernetes-admin@a\n")
  try pupil.session.open(blueprint: "apiserver")
  #expect(try pupil.say("kubectl get ns usual -o name") == "namespace/usual\n")
  try pupil.session.open(blueprint: "a=apiserver,b=apiserver")
  #expect(try pupil.say("kubectl get ns other -o name") == "namespace/other\n")
}
