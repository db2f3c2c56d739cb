import Testing

@testable import KubeCluster

@Test("a program kubectl-WORD of the PATH is a command, the longest name first")
func kubectlPlugIns() {
  let desk = SurgeryDesk(.bare)
  desk.run(
    """
    cd /usr/local/bin
    printf '#!/bin/sh\\necho one "$@"\\n' > kubectl-hoist
    printf '#!/bin/sh\\necho two "$@"; exit 3\\n' > kubectl-hoist-main_sail
    chmod +x kubectl-hoist*
    """)
  #expect(desk.run("kubectl hoist jib -n x") == "one jib -n x\n")
  #expect(desk.run("kubectl hoist main-sail up; echo $?") == "two up\n3\n")
  #expect(desk.run("kubectl lower 2>&1") == "error: unknown command \"lower\" for \"kubectl\"\n")
  // A plug-in never takes the place of a command.
  desk.run("cp /usr/local/bin/kubectl-hoist /usr/local/bin/kubectl-version")
  #expect(desk.run("kubectl version --client").hasPrefix("Client Version: v1.33"))
}
