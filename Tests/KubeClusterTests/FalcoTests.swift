import Testing

@testable import KubeCluster

@Test(
  "a condition of Falco's language means what it says",
  arguments: [
    ("proc.name = sh", true), ("proc.name=bash", false), ("proc.name != sh", false),
    ("not proc.name = bash and fd.name startswith /etc", true),
    ("proc.name in (bash, zsh) or (fd.name endswith shadow)", true),
    ("proc.name in (shells)", true), ("named", true), ("not named", false),
    ("fd.name contains \"etc/sh\"", true), ("fd.name pmatch (/etc, /usr)", true),
    ("fd.name glob '/e*w'", true), ("proc.tty > 0", true), ("proc.tty >= 35000", false),
    ("k8s.pod.name exists", false), ("k8s.pod.name != x", true),
    ("proc.name = bash or proc.name = sh and fd.name = /x", false),
  ])
func falcoCondition(_ text: String, _ holds: Bool) throws {
  var rules = FalcoRules()
  try rules.read(
    "- list: shells\n  items: [sh]\n- macro: named\n  condition: proc.name in (shells)\n")
  let fields = ["proc.name": "sh", "fd.name": "/etc/shadow", "proc.tty": "34816"]
  #expect(try FalcoCondition(text).holds(rules) { fields[$0] } == holds)
}

@Test(
  "a condition that cannot be read is refused",
  arguments: ["", "proc.name =", "(proc.name = a", "a b", "proc.name in (a", ")"])
func brokenCondition(_ text: String) {
  #expect(throws: FalcoCondition.Problem.self) { try FalcoCondition(text) }
}

@Test("later files change rules: whole ones, single members, or not at all")
func overrides() throws {
  var rules = FalcoRules()
  try rules.read(
    """
    - rule: R
      desc: d
      condition: proc.name = a
      output: one %proc.name
      priority: INFO
    """)
  try rules.read(
    """
    - rule: R
      output: two
      override: {output: replace}
    - rule: R
      condition: or proc.name = b
      append: true
    """)
  #expect(rules.rules.map(\.output) == ["two"] && rules.rules[0].priority == "Informational")
  #expect(rules.rules[0].condition.holds(rules) { $0 == "proc.name" ? "b" : nil })
  #expect(throws: FalcoCondition.Problem.self) { try rules.read("- rule: S\n  output: x\n") }
  #expect(throws: FalcoCondition.Problem.self) {
    try rules.read(
      "- macro: m\n  condition: nosuch\n- rule: T\n  desc: d\n  condition: other\n"
        + "  output: o\n  priority: INFO\n")
  }
}

@Test("falco on a node tells of shells, files and package managers in containers there")
func falco() {
  let desk = SurgeryDesk(.single)
  desk.run("kubectl run web --image=nginx; kubectl wait pod web --for=condition=Ready")
  let watched = desk.plane(
    """
    (sleep 2; kubectl exec web -- cat /etc/shadow; kubectl exec web -- apt-get --version;
     kubectl exec web -- sh -c 'echo x > /etc/evil') >/dev/null 2>&1 &
    falco -M 10 2>/dev/null
    """)
  for words in [
    "Warning Sensitive file opened for reading by non-trusted program (file=/etc/shadow",
    "Error Package management process launched in container (evt_type=execve user=root user_uid=0 "
      + "process=apt-get command=apt-get --version",
    "Error File below /etc opened for writing (file=/etc/evil",
    "container_name=web k8s_ns=default k8s_pod=web)", "Events detected: 3\n",
  ] { #expect(watched.contains(words), "\(watched)") }
  // sysdig shows the same calls as they are, by the same fields.
  let seen = desk.plane(
    """
    (sleep 1; kubectl exec web -- cat /etc/hostname > /dev/null) &
    sysdig -M 4 -p '%proc.name %evt.type %container.name' container.name=web and proc.name=cat
    sysdig -n 1 -w /tmp/cap container.name=web & kubectl exec web -- id > /dev/null; sleep 1
    sysdig -r /tmp/cap | wc -l
    sysdig 'proc.name ='
    """)
  #expect(seen.contains("cat execve web\n") && seen.contains("cat openat web\n"), "\(seen)")
  #expect(seen.contains("\n1\n") && seen.contains("sysdig: filter error: "), "\(seen)")
  #expect(desk.plane("falco --list | grep -c '^k8s'") == "3\n")
  desk.plane(
    """
    cat >> /etc/falco/falco_rules.local.yaml <<'END'
    - rule: Read sensitive file untrusted
      output: "%evt.time.s,%container.name,%user.name"
      priority: CRITICAL
      override: {output: replace, priority: replace}
    END
    systemctl start falco
    sleep 1
    kubectl exec web -- cat /etc/shadow > /dev/null
    sleep 1
    """)
  #expect(desk.plane("systemctl is-active falco") == "active\n")
  let log = desk.plane("journalctl -u falco --no-pager; cat /var/log/syslog")
  #expect(log.contains(": Critical 09:0") && log.contains(",web,root\n"), "\(log)")
  #expect(log.contains("controlplane falco: 09:0"), "\(log)")
  desk.plane("echo '- rule: broken' > /etc/falco/falco_rules.local.yaml")
  let refused = desk.plane("falco -M 1 2>&1 | tail -2; falco -L 2>/dev/null | head -1")
  #expect(refused.contains("Item has no mapping for key 'condition'"), "\(refused)")
}
