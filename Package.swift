// swift-tools-version: 6.2
// The manifest is the map: targets stand in the order of the data flow, one comment line each.
import Glibc
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Whether the dynamic loader of the machine that builds reads packed relocations.
let readsPackedRelocations: Bool = {
  var name = [UInt8](repeating: 0, count: 64)
  name.withUnsafeMutableBytes { _ = confstr(Int32(_CS_GNU_LIBC_VERSION), $0.baseAddress, $0.count) }
  // "glibc 2.36"
  let version = String(decoding: name, as: UTF8.self).split { !$0.isNumber }.compactMap { Int($0) }
  return version.count > 1 && (version[0], version[1]) >= (2, 36)
}()

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let nio: [Target.Dependency] = ["NIOCore", "NIOPosix", "NIOHTTP1"].map { .product(name: $0, package: "swift-nio") }

/// The allocator of every program that links it, libyaml and libcurl within them: a cold plan takes a fifth less time.
let mimalloc: LinkerSetting = .linkedLibrary("mimalloc")

/// Nothing outside of the program looks its symbols up, and relocations are packed where the loader can read them (glibc
/// 2.36): half a start's work, and 6 MiB.
let lean: LinkerSetting = .unsafeFlags(
  ["-use-ld=lld", "-Xlinker", "--no-export-dynamic"]
    + (readsPackedRelocations ? ["-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"] : []),
  .when(platforms: [.linux], configuration: .release))

func module(_ name: String, _ dependencies: [Target.Dependency] = [], linker: [LinkerSetting] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict, linkerSettings: linker)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], copying resources: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, resources: resources.map { .copy($0) }, swiftSettings: strict)
}

/// The readers that hostile bytes reach: tests run them over the found cases; with HAWKER_FUZZ set they are a module of
/// its own, and libFuzzer's driver is built over it instead (`make fuzz`).
let probes: [Target.Dependency] = [
  "YAML", "Listings", "Loading", "Journaling", "Marketplaces", "Facebook", "OfferUp", "Curl",
]
let fuzzing: [Target] =
  Context.environment["HAWKER_FUZZ"] == nil
  ? [
    .testTarget(
      name: "FuzzTests", dependencies: probes + ["Support"], path: "Tests/Fuzz", exclude: ["Driver", "Corpus"],
      swiftSettings: strict)
  ]
  : [
    .target(name: "Probes", dependencies: probes, path: "Tests/Fuzz/Probes", swiftSettings: strict),
    .executableTarget(
      name: "hawker-fuzz", dependencies: ["Probes"], path: "Tests/Fuzz/Driver", swiftSettings: strict,
      linkerSettings: [.unsafeFlags(["-use-ld=lld"])]),
  ]

let package = Package(
  name: "hawker",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "hawker", targets: ["hawker"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // The C libraries, by their headers alone.
    .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CLibCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CLibInotifyTools", providers: [.apt(["libinotifytools0-dev"])]),

    // Safe Swift over them; the only unsafe code.
    module("YAML", ["CLibYAML"]),
    module("Curl", ["CLibCurl"]),
    module("Inotify", ["CLibInotifyTools"]),

    // The vocabulary: pure values that every stage speaks in.
    module("Listings", [crypto]),
    // Which paths settled.
    module("Watching", ["Inotify"]),
    // Files → wanted listings and problems.
    module("Loading", ["Listings", "YAML"]),
    // Wanted × recorded → changes. Pure.
    module("Diffing", ["Listings"]),
    // Changes × policy → plan; guards; rendering. Pure.
    module("Planning", ["Listings", "Diffing"]),
    // Outcomes → append-only entries → recorded state.
    module("Journaling", ["Listings"]),
    // The contract of a marketplace, its failures, its pacing.
    module("Marketplaces", ["Listings"]),
    // Plan → requests → outcomes.
    module("Executing", ["Listings", "Planning", "Marketplaces", "Journaling"]),
    // The loop that repeats all of it.
    module(
      "Reconciling",
      ["Listings", "Watching", "Loading", "Diffing", "Planning", "Journaling", "Marketplaces", "Executing", logging],
      linker: [mimalloc]),
    // Adapters.
    module("Facebook", ["Listings", "Marketplaces", "Curl", crypto]),
    module("OfferUp", ["Listings", "Marketplaces", "Curl", crypto]),
    // The web server: dashboard, API, webhooks, OAuth callback, metrics. Asks the loop for everything.
    module(
      "Web",
      [
        "Listings", "Planning", "Journaling", "Marketplaces", crypto, logging, metrics, lifecycle, hummingbird,
        mustache, .product(name: "HummingbirdCore", package: "hummingbird"),
      ] + nio),
    // Emulated marketplaces on loopback; shares no code with the adapters.
    module("Sandbox", ["Listings"] + nio),
    // The program: commands, exit codes, wiring.
    .executableTarget(
      name: "hawker",
      dependencies: nio + [
        "Listings", "Watching", "Loading", "Diffing", "Planning", "Journaling", "Marketplaces", "Executing",
        "Reconciling", "Facebook", "OfferUp", "Web", "Sandbox", arguments, crypto, logging, metrics, lifecycle,
      ],
      swiftSettings: strict, linkerSettings: [lean]),

    // Tests, module by module; Support is what they share.
    .systemLibrary(name: "CLibSSL", path: "Tests/CLibSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .target(
      name: "Support", dependencies: ["Listings", "Marketplaces", "CLibSSL"], path: "Tests/Support",
      swiftSettings: strict),
    tests("ArchitectureTests", ["Support"]),
    tests("YAMLTests", ["YAML", "Support"]),
    tests("CurlTests", ["Curl", "Support"]),
    tests("ListingsTests", ["Listings", "Support"]),
    tests("WatchingTests", ["Watching", "Inotify", "Support"]),
    tests("WatchScriptTests", ["Watching", "Support"], copying: ["Scripts"]),
    tests("LoadingTests", ["Loading", "Listings", "YAML", "Support"], copying: ["Cases"]),
    tests("PlanningTests", ["Planning", "Diffing", "Listings", "Support"]),
    tests("PlanGoldenTests", ["Planning", "Loading", "Listings", "Journaling", "Support"], copying: ["Cases"]),
    tests("JournalingTests", ["Journaling", "Listings", "Support"]),
    .executableTarget(
      name: "journal-bench", dependencies: ["Journaling", "Listings"], path: "Tests/JournalBench", swiftSettings: strict
    ),
    .executableTarget(
      name: "stage-bench",
      dependencies: ["Loading", "Planning", "Diffing", "Listings", "Facebook", "OfferUp", "Curl"],
      path: "Tests/StageBench", swiftSettings: strict
    ),
    .executableTarget(
      name: "sold-bench",
      dependencies: [
        "Reconciling", "OfferUp", "Executing", "Journaling", "Listings", "Loading", "Marketplaces",
        logging,
      ], path: "Tests/SoldBench", swiftSettings: strict
    ),
    tests("MarketplacesTests", ["Marketplaces", "Listings", "Support"]),
    tests(
      "ContractTests",
      ["Facebook", "OfferUp", "Sandbox", "Marketplaces", "Listings", "Curl", "Support"]),
    tests("SandboxTests", ["Sandbox", "Listings", "Support"]),
    tests(
      "ExecutingTests", ["Executing", "Planning", "Journaling", "Marketplaces", "Listings", "Support"]),
    tests(
      "ReconcilingTests",
      [
        "Reconciling", "Executing", "Planning", "Diffing", "Loading", "Journaling", "Marketplaces", "Listings",
        "Support", logging,
      ]),
    tests(
      "WebTests", ["Web", "Planning", "Journaling", "Marketplaces", "Listings", "Support", crypto, logging, lifecycle]),
    tests("AccountsTests", ["hawker", "Web", "Marketplaces", "Listings", "Support"]),
    tests("EndToEndTests", ["hawker", "Journaling", "Listings", "Curl", "Support", crypto]),
  ] + fuzzing
)
