import ArgumentParser

struct ReleaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release",
    abstract: "Make, sign and publish entries of the release log.",
    discussion: """
      A publisher's way, with two publishers at least:

        cloister-node measure --configuration node.json --store artifacts > measured.json
        cloister release create --name assistant --version 1.2.0 --security-version 3 --measured measured.json \\
          --measurement sev-snp=HEX,HEX --output release.dsse
        cloister release sign release.dsse --key first.seed      (each publisher on a machine of its own)
        cloister release sign release.dsse --key second.seed
        cloister release publish release.dsse --policy policy.dsse --log https://log.example/logs/releases \\
          --submission-key submission.key --folder publications

      A release is good for 14 days: `renew`, sign and publish it again before. Each publisher enters its revocation list \
      daily, empty or not: `revoke`. What both bind themselves to is entered with `promise`.
      """,
    subcommands: [
      ReleaseKeygen.self, ReleaseCreate.self, ReleaseBill.self, ReleaseSign.self, ReleasePublish.self,
      ReleaseRenew.self, ReleaseRevoke.self, ReleasePromise.self, ReleaseShow.self,
    ])
}
