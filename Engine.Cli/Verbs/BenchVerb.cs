using System.Globalization;
using CommandLine;
using Engine.Cli.Display;
using Engine.Kernels.Errors;
using Engine.Perf;

namespace Engine.Cli.Verbs;

[Example("./engine bench md --cases lj-32k,hfo2-6144 --threads 1 --json", "two cases on one thread, one JSON line for each peer")]
[Verb("bench", HelpText = "Measure speed, beside other programs where they are installed; without a name, list what can be measured.")]
internal sealed class BenchVerb : Verb
{
    private static readonly string[] Names = ["md"];

    [Value(0, MetaName = "NAME", HelpText = "What to measure.")]
    public string? Name { get; set; }

    [Option("cases", MetaValue = "NAME,NAME", HelpText = "Only these cases.")]
    public string? Cases { get; set; }

    [Option("repeats", Default = 3, MetaValue = "N", HelpText = "Rounds; the median counts.")]
    public int Repeats { get; set; } = 3;

    public override int Execute(VerbContext context)
    {
        if (Name is null)
        {
            context.Output.WriteLine("md    molecular dynamics beside LAMMPS");
            foreach (var w in MdBench.Workloads)
            {
                context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"      {w.Name,-16} {w.Atoms,8} atoms, {w.Steps} steps"));
            }
            return ExitCode.Done;
        }
        if (Name != "md")
        {
            throw new InputException($"there is no bench '{Name}', expected one of {string.Join(", ", Names)}; ./engine bench lists them");
        }
        if (Repeats < 1)
        {
            throw new InputException($"--repeats is {Repeats}, expected 1 or more");
        }
        var table = new TextTable("case", "atoms", "threads", "M atom-steps/s", "peer", "peer's", "ratio", "by CPU time");
        foreach (var workload in Chosen())
        {
            var peers = MdBench.Peers(workload);
            if (peers.Count == 0)
            {
                context.Log("LAMMPS is not installed, so there is no ratio; apt-get install lammps");
            }
            foreach (var r in BenchRunner.Run(workload, null, peers, ThreadCount, Repeats, context.Log, context.Cancellation))
            {
                if (Json)
                {
                    JsonOutput.Write(context, r.ToJson());
                }
                table.Add(
                    r.Case, Format(r.Atoms, "0"), Format(r.Threads, "0"), Format(r.Rate / 1e6, "0.00"), r.PeerName ?? "none",
                    Format(r.PeerRate / 1e6, "0.00"), Format(r.Ratio, "0.00"), Format(r.CpuRatio, "0.00"));
            }
        }
        if (!Json)
        {
            table.Write(context.Output);
        }
        return ExitCode.Done;
    }

    private List<MdWorkload> Chosen()
    {
        if (Cases is null)
        {
            return [.. MdBench.Workloads];
        }
        var chosen = new List<MdWorkload>();
        foreach (var name in Cases.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            chosen.Add(MdBench.Workloads.FirstOrDefault(w => w.Name == name)
                ?? throw new InputException($"bench {Name} has no case '{name}', expected one of {string.Join(", ", MdBench.Workloads.Select(w => w.Name))}"));
        }
        return chosen;
    }

    private static string Format(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
