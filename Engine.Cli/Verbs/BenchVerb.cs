using System.Globalization;
using System.Text.Json.Nodes;
using CommandLine;
using Engine.Cli.Display;
using Engine.Kernels.Errors;
using Engine.Perf;
using Engine.Perf.Devices;
using Engine.Perf.Science;

namespace Engine.Cli.Verbs;

[Example("./engine bench md --case lj-32k,hfo2-6144 --threads 1 --json", "two cases on one thread, one JSON line for each peer")]
[Example("./engine bench kernels --json", "every CPU kernel alone, beside what the machine could do")]
[Example("./engine bench gpu --device cuda --case verify,kernels", "whether a GPU computes what the processor does, and each kernel beside what bounds it; leaves with 1 where it does not")]
[Example("./engine bench ntk-science --data data", "experiments on tangent kernels of which the outcome is known")]
[Verb("bench", HelpText = "Measure speed, beside other programs where they are installed; without a name, list what can be measured.")]
internal sealed class BenchVerb : DeviceVerb
{
    private const int DefaultRounds = 3;

    private static readonly string[] Names = ["md", "write", "kernels", "algebra", "gap", "ntk", "ntk-science", "gpu"];

    [Value(0, MetaName = "md|write|kernels|algebra|gap|ntk|ntk-science|gpu", HelpText = "What to measure.")]
    public string? Name { get; set; }

    [Option("case", MetaValue = "NAME,NAME", HelpText = "Only these cases.")]
    public string? Case { get; set; }

    [Option("rounds", MetaValue = "N", HelpText = "Rounds in which all take turns; the median counts (default: 3, kernels 5).")]
    public int? Rounds { get; set; }

    [Option("data", MetaValue = "FOLDER", HelpText = "Of ntk-science: where digits.csv.gz, auto-mpg.data, abalone.data and Concrete_Data.csv are.")]
    public string? Data { get; set; }

    protected override bool RunsOnAnyDevice => Name == "gpu";

    public override int Execute(VerbContext context)
    {
        if (Rounds < 1)
        {
            throw new InputException($"--rounds is {Rounds}, expected 1 or more");
        }
        switch (Name)
        {
            case null:
                List(context);
                return ExitCode.Done;
            case "md":
                Molecules(context);
                return ExitCode.Done;
            case "write":
                Writing(context);
                return ExitCode.Done;
            case "kernels":
                Kernels(context);
                return ExitCode.Done;
            case "algebra":
                Algebra(context);
                return ExitCode.Done;
            case "gap":
                Gap(context);
                return ExitCode.Done;
            case "ntk":
                Ntk(context);
                return ExitCode.Done;
            case "ntk-science":
                return Science(context);
            case "gpu":
                return Gpu(context);
            default:
                throw new InputException($"there is no bench '{Name}', expected one of {string.Join(", ", Names)}; ./engine bench lists them");
        }
    }

    private void List(VerbContext context)
    {
        if (Json)
        {
            JsonOutput.Write(context, new JsonObject
            {
                ["md"] = new JsonArray([.. MdBench.Workloads.Select(w => new JsonObject { ["name"] = w.Name, ["atoms"] = w.Atoms, ["steps"] = w.Steps })]),
                ["write"] = new JsonArray(),
                ["kernels"] = new JsonArray([.. KernelBench.Names.Select(name => JsonValue.Create(name))]),
                ["algebra"] = new JsonArray([.. AlgebraBench.Names.Select(name => JsonValue.Create(name))]),
                ["gap"] = new JsonArray([.. GapBench.Names.Select(c => JsonValue.Create(c.Name))]),
                ["ntk"] = new JsonArray([.. NtkBench.Names.Select(c => JsonValue.Create(c.Name))]),
                ["ntk-science"] = new JsonArray([.. ScienceBench.Names.Select(c => JsonValue.Create(c.Name))]),
                ["gpu"] = new JsonArray([.. DeviceBench.Cases.Select(c => JsonValue.Create(c.Name))]),
            });
            return;
        }
        Family(
            "md       molecular dynamics beside LAMMPS and GROMACS, and several threads beside one",
            MdBench.Workloads.Select(w => (w.Name, string.Create(CultureInfo.InvariantCulture, $"{w.Atoms,8} atoms, {w.Steps} steps"))));
        Family("write    what it costs to write every tenth step of a run", []);
        Family("kernels  every CPU kernel alone, beside what the machine could do", KernelBench.Names.Select(name => (name, "")));
        Family("algebra  products, factors and eigenvalues of matrices on the processor", AlgebraBench.Names.Select(name => (name, "")));
        Family("gap      SOAP descriptors and GAP forces on the processor", GapBench.Names);
        Family("ntk      neural tangent kernels on the processor, from layer factors, and from networks beside PyTorch", NtkBench.Names);
        Family("ntk-science  experiments on tangent kernels whose outcome is known", ScienceBench.Names);
        Family("gpu      kernels and molecular dynamics on a device: --device cuda where there is one, or opencl", DeviceBench.Cases);

        void Family(string title, IEnumerable<(string Name, string Text)> cases)
        {
            context.Output.WriteLine(title);
            foreach (var (name, text) in cases)
            {
                context.Output.WriteLine($"         {name,-18} {text}".TrimEnd());
            }
        }
    }

    private void Molecules(VerbContext context)
    {
        var table = new TextTable("case", "atoms", "threads", "M atom-steps/s", "peer", "peer's", "ratio", "by CPU time", "spread");
        foreach (var workload in Chosen(MdBench.Workloads, w => w.Name))
        {
            var peers = MdBench.Peers(workload);
            if (peers.Count == 0)
            {
                context.Log("no other program is installed to compare with; apt-get install lammps gromacs");
            }
            foreach (var threads in ThreadCounts())
            {
                foreach (var r in MdBench.Run(workload, Shell.Version, peers, threads, Rounds ?? DefaultRounds, context.Log, context.Cancellation))
                {
                    Show(context, r.ToJson());
                    table.Add(
                        r.Case, Format(r.Atoms, "0"), Format(r.Threads, "0"), Format(r.Rate / 1e6, "0.00"), r.PeerName ?? "none",
                        Format(r.PeerRate / 1e6, "0.00"), Format(r.Ratio, "0.00"), Format(r.CpuRatio, "0.00"), Format(r.Spread, "0.00"));
                }
            }
        }
        Show(context, table);
    }

    private void Writing(VerbContext context)
    {
        var table = new TextTable("case", "threads", "steps/s", "writing every 10th", "cost", "by CPU time", "MB written");
        foreach (var threads in ThreadCounts())
        {
            var r = WriteBench.Run(threads, Rounds ?? DefaultRounds, context.Log, context.Cancellation);
            Show(context, r.ToJson());
            table.Add(
                r.Case, Format(r.Threads, "0"), Format(r.PlainRate, "0.0"), Format(r.WritingRate, "0.0"),
                string.Create(CultureInfo.InvariantCulture, $"{100 * r.Cost:0.0} %"), string.Create(CultureInfo.InvariantCulture, $"{100 * r.CpuCost:0.0} %"),
                Format(r.Bytes / 1e6, "0.0"));
        }
        Show(context, table);
    }

    private void Kernels(VerbContext context)
    {
        var chosen = Chosen(KernelBench.Names, name => name);
        var table = new TextTable("kernel", "atoms", "ns/atom", "unit", "ns/unit", "GFLOP/s", "GB/s", "bound", "of bound");
        var bounds = MachineBounds.Measure(context.Log);
        Show(context, bounds.ToJson());
        foreach (var r in KernelBench.Run(chosen, bounds, Rounds ?? 5, context.Log, context.Cancellation))
        {
            Show(context, r.ToJson());
            table.Add(
                r.Kernel, Format(r.Atoms, "0"), Format(r.NanosecondsPerAtom, "0.00"), r.Unit, Format(r.NanosecondsPerUnit, "0.000"),
                Format(r.FlopRate / 1e9, "0.0"), Format(r.ByteRate / 1e9, "0.0"), r.Bound,
                string.Create(CultureInfo.InvariantCulture, $"{100 * r.Fraction:0} %"));
        }
        Show(context, table);
        if (!Json)
        {
            context.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"one thread of {bounds.Machine}: {bounds.FlopRateSingle / 1e9:0} GFLOP/s in float, {bounds.FlopRateDouble / 1e9:0} in double, {bounds.ByteRate / 1e9:0.0} GB/s"));
        }
    }

    private int Gpu(VerbContext context)
    {
        if (Device == "cpu")
        {
            throw new InputException("bench gpu was given --device cpu, expected cuda[:i] or opencl[:i]; ./engine devices lists them");
        }
        var names = Chosen(DeviceBench.Cases, c => c.Name).Select(c => c.Name).ToArray();
        var (exitCode, table) = (ExitCode.Done, new FactTable());
        foreach (var line in DeviceBench.Run(Device == "auto" ? "cuda" : Device, names, Rounds ?? DefaultRounds, context.Log, context.Cancellation))
        {
            Show(context, line);
            if (!Json && !table.Add(line))
            {
                table.Write(context.Output);
                table = new();
                _ = table.Add(line);
            }
            if (line["failed"] is not null)
            {
                exitCode = (int)line["exitCode"]!;
            }
            else if ((bool?)line["passed"] == false && exitCode == ExitCode.Done)
            {
                exitCode = ExitCode.CheckFailed;
            }
        }
        table.Write(context.Output);
        return exitCode;
    }

    private void Algebra(VerbContext context)
    {
        var names = Chosen(AlgebraBench.Names, name => name);
        BesideBounds(context, (threads, bounds) => AlgebraBench.Run(names, threads, bounds, Rounds ?? DefaultRounds, context.Cancellation));
    }

    private void Gap(VerbContext context)
    {
        var names = Chosen(GapBench.Names, c => c.Name).Select(c => c.Name).ToArray();
        BesideBounds(context, (threads, bounds) => GapBench.Run(names, threads, bounds, Rounds ?? DefaultRounds, context.Log, context.Cancellation));
    }

    private void Ntk(VerbContext context)
    {
        var names = Chosen(NtkBench.Names, c => c.Name).Select(c => c.Name).ToArray();
        BesideBounds(context, (threads, bounds) => NtkBench.Run(names, threads, bounds, Rounds ?? DefaultRounds, context.Log, context.Cancellation));
    }

    /// <summary>Leaves with 1 where a check does not hold.</summary>
    private int Science(VerbContext context)
    {
        if (Data is { } folder && !Directory.Exists(folder))
        {
            throw new InputException($"--data is {folder}, which is no folder; expected one with the data files that the cases name");
        }
        var names = Chosen(ScienceBench.Names, c => c.Name).Select(c => c.Name).ToArray();
        var table = new TextTable("case", "what", "found", "expected", "");
        var failed = false;
        foreach (var (name, check) in ScienceBench.Run(names, Data, ThreadCount, context.Log, context.Cancellation))
        {
            failed |= check.Passed == false;
            Show(context, check.ToJson(name));
            table.Add(name, check.What, Format(check.Found, "G5"), check.Expected, check.Passed switch { true => "passed", false => "FAILED", _ => "" });
        }
        Show(context, table);
        return failed ? ExitCode.CheckFailed : ExitCode.Done;
    }

    private void BesideBounds(VerbContext context, Func<int, MachineBounds, IEnumerable<JsonObject>> run)
    {
        var bounds = MachineBounds.Measure(context.Log);
        foreach (var line in ThreadCounts().SelectMany(threads => run(threads, bounds)))
        {
            ShowFacts(context, line);
        }
    }

    /// <summary>A line of facts that differ from case to case.</summary>
    private void ShowFacts(VerbContext context, JsonObject line)
    {
        Show(context, line);
        if (!Json)
        {
            context.Output.WriteLine(string.Join("  ", line.Where(fact => fact.Key is not ("device" or "driver" or "library")).Select(fact => $"{fact.Key} {Short(fact.Value)}")));
        }
    }

    private static string Short(JsonNode? value) =>
        value is JsonValue number && number.TryGetValue<double>(out var x) ? x.ToString("G5", CultureInfo.InvariantCulture) : value?.ToJsonString().Trim('"') ?? "-";

    /// <summary>The number asked for; else one, and as many as there are processors.</summary>
    private IEnumerable<int> ThreadCounts() => Threads is { } given ? [given] : new[] { 1, Environment.ProcessorCount }.Distinct();

    private void Show(VerbContext context, JsonObject line)
    {
        if (Json)
        {
            JsonOutput.Write(context, line);
        }
    }

    private void Show(VerbContext context, TextTable table)
    {
        if (!Json)
        {
            table.Write(context.Output);
        }
    }

    private IReadOnlyList<T> Chosen<T>(IReadOnlyList<T> all, Func<T, string> nameOf)
    {
        if (Case is null)
        {
            return all;
        }
        var chosen = new List<T>();
        foreach (var name in Case.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var index = all.Select(nameOf).ToList().IndexOf(name);
            chosen.Add(index >= 0 ? all[index] : throw new InputException(
                $"bench {Name} has no case '{name}', expected one of {string.Join(", ", all.Select(nameOf))}"));
        }
        return chosen;
    }

    private static string Format(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
