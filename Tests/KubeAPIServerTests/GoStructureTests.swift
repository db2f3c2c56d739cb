import Documents
import Testing

@testable import KubeAPIServer

@Suite struct GoStructureTests {
  @Test("a structure is printed with its absent fields, in their order")
  func printed() {
    let taint = GoStructure("Key=s Value=s Effect=s TimeAdded")
    #expect(
      taint.printed(["effect": "NoSchedule", "key": "a"])
        == #"{"Key":"a","Value":"","Effect":"NoSchedule","TimeAdded":null}"#)
  }

  @Test("a change is shown with three lines around it, and far changes apart")
  func difference() {
    let structure = GoStructure("A=0 B=0 C=0 D=0 E=0 F=0 G=0 H=0 I=0 J=0 K=0 L=0")
    let near = GoStructure.difference(structure, old: [:], new: ["f": 1])
    #expect(
      near == """
        @@ -4,7 +4,7 @@
          "C": 0,
          "D": 0,
          "E": 0,
        - "F": 0,
        + "F": 1,
          "G": 0,
          "H": 0,
          "I": 0,

        """)
    let far = GoStructure.difference(structure, old: [:], new: ["a": 1, "l": 1])
    #expect(far.split(separator: "\n").count { $0.hasPrefix("@@") } == 2)
  }
}
