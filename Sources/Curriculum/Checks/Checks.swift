/// All kinds of checks.
package enum Checks {
  package static let all: [any Check.Type] = [
    ObjectCheck.self, ObjectsCheck.self, AbsentCheck.self, ReadyCheck.self, OutputCheck.self,
    FileCheck.self, AnswerCheck.self, CanCheck.self, CannotCheck.self, SchedulesCheck.self,
    ServesCheck.self, ConnectsCheck.self, BlockedCheck.self, UnchangedCheck.self, LogsCheck.self,
    SurvivesCheck.self, CELCheck.self, ResolvesCheck.self,
  ]
}
