import KubeObjects
import Simulation
import Testing

@testable import KubeCluster

/// cron on nodes.
@Suite struct CronTests {
  @Test("a table's jobs run at their minutes, as their users, and the journal tells of them")
  func jobs() {
    let desk = SurgeryDesk(.single)
    #expect(desk.plane("crontab -l") == "no crontab for root\n")
    desk.plane("printf '*/2 * * * * date +\\\\%%H:\\\\%%M >> /tmp/log; echo loud\\n' | crontab -")
    desk.run("sleep 250")
    #expect(desk.plane("cat /tmp/log") == "09:02\n09:04\n")
    #expect(
      desk.plane("journalctl -u cron -o cat | tail -2")
        == "(root) CMD (date +%H:%M >> /tmp/log; echo loud)\n"
        + "(CRON) info (No MTA installed, discarding output)\n")
    desk.plane("crontab -r; rm /tmp/log")
    desk.run("sleep 300")
    #expect(desk.plane("cat /tmp/log").contains("No such file"))
  }

  @Test("files of /etc/cron.d name a user, and @reboot waits for the machine to start")
  func folder() {
    let desk = SurgeryDesk(.single)
    desk.plane("echo '* * * * * nobody id -un > /tmp/who' > /etc/cron.d/who")
    desk.plane("echo '@reboot root touch /root/started' > /etc/cron.d/boot")
    desk.run("sleep 65")
    #expect(desk.plane("cat /tmp/who; ls /root") == "nobody\n")
    desk.plane("reboot")
    desk.run("sleep 25")
    #expect(desk.plane("ls /root") == "started\n")
  }

  @Test(
    "a line that cannot be read is refused",
    arguments: [
      ("61 * * * * x", "\"-\":0: bad minute\n"), ("0 25 * * * x", "\"-\":0: bad hour\n"),
      ("# a\n0 0 0 * * x", "\"-\":1: bad day-of-month\n"),
      ("0 0 * foo * x", "\"-\":0: bad month\n"), ("0 0 * * 9 x", "\"-\":0: bad day-of-week\n"),
      ("* * * * *", "\"-\":0: bad command\n"), ("@often x", "\"-\":0: bad time specifier\n"),
    ])
  func refusals(_ text: String, _ words: String) {
    let desk = SurgeryDesk(.single)
    #expect(
      desk.plane("printf '%b\\n' '\(text)' | crontab -")
        == words + "errors in crontab file, can't install.\n")
  }

  @Test(
    "Sunday is 0 and 7, in ranges and steps too",
    arguments: [
      ("7", "0"), ("5-7", "0,5,6"), ("*/7", "0"), ("1-7/2", "0,1,3,5"), ("0-7", "0-6"),
      ("2,6-7", "0,2,6"), ("sun", "0"),
    ])
  func sundays(_ written: String, _ meant: String) throws {
    let table = CronTable("5 4 * * \(written) true\n", owner: "root")
    #expect(table.problems.isEmpty)
    // A list and a star differ in what they mean beside days of the month, so times are compared.
    let plain = try CronSchedule("5 4 * * \(meant)")
    var moment = Moment(seconds: 0)
    for _ in 0..<14 {
      let next = plain.next(after: moment)
      #expect(table.jobs.first?.schedule?.next(after: moment) == next)
      moment = next ?? moment
    }
  }

  @Test("crontab -e hands the table to $EDITOR")
  func editor() {
    let desk = SurgeryDesk(.single)
    #expect(
      desk.plane("EDITOR=\"sed -i '$ a 0 5 * * 7 true'\" crontab -e; crontab -l | tail -1")
        == "no crontab for root - using an empty one\ncrontab: installing new crontab\n0 5 * * 7 true\n"
    )
  }
}
