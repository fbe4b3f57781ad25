using System.Globalization;
using Engine.Core.Analysis;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Learn.Selection;
using Engine.Learn.Spectra;
using Engine.Learn.Training;

namespace Engine.Learn.Studies;

/// <summary>
/// "selection": sets that several methods choose from the training samples, and the network trained on each of them. A repeat gives all methods the same network, as it starts and
/// learns, so that methods are compared pair by pair with the first of them.
/// </summary>
public sealed record SelectionStudy : Study
{
    private const string Chosen = "chosen";
    private const string Distances = "distances";

    /// <summary>Samples that are chosen to see how long it takes.</summary>
    private const int Few = 4;

    /// <summary>What is compared, by the name of its column.</summary>
    private static readonly (string Column, string Text, string Unit)[] Quantities =
    [
        ("entropy", "entropy", "nats"), ("meanTrace", "mean trace", ""), ("minimumTestLoss", "minimum test loss", ""), ("finalTestLoss", "final test loss", ""),
    ];

    /// <summary>What is compared; the others with the first.</summary>
    public required IReadOnlyList<SelectionMethod> Methods { get; init; }

    /// <summary>Samples to choose.</summary>
    public required IReadOnlyList<int> Sizes { get; init; }

    /// <summary>Sets of each method and size.</summary>
    public int Repeats { get; init; } = 20;

    /// <summary>Whether all repeats train the same network, so that they differ by their sets only.</summary>
    public bool OneNetwork { get; init; }

    internal override int Runs => Repeats * Methods.Count;

    internal override Study Shape => this with { Repeats = 1 };

    internal override IReadOnlyList<StudyColumn> Columns =>
    [
        new(Chosen, true, Sizes.Count, Sizes.Max()),
        new(Distances, false, Sizes.Count, Sizes.Max()),
        .. Quantities.Select(q => new StudyColumn(q.Column, false, Sizes.Count)),
    ];

    internal override void Check()
    {
        base.Check();
        if (Repeats < 1 || Sizes.Count == 0 || Sizes.Any(s => s < 1) || Sizes.Distinct().Count() < Sizes.Count)
        {
            throw new InputException($"study {Name}: repeats is {Repeats}, sizes {string.Join(", ", Sizes)}; expected 1 or more repeats, and at least one size of 1 or more, none twice");
        }
        if (Methods.Count == 0 || Methods.Select(m => m.Label).Distinct().Count() < Methods.Count)
        {
            throw new InputException($"study {Name}: its methods are called {string.Join(", ", Methods.Select(m => m.Label))}; expected at least one, and a name of its own for each");
        }
        foreach (var method in Methods)
        {
            method.Check();
        }
    }

    internal override void Check(DataSets data)
    {
        base.Check(data);
        if (Sizes.Max() > data.Training.Count)
        {
            throw new InputException($"study {Name}: sizes go up to {Sizes.Max()}, but there are {data.Training.Count} samples to choose from");
        }
    }

    internal override double[] EstimateSeconds(DataSets data, ulong seed, CancellationToken cancellation)
    {
        var (clock, training) = (new StudyClock(cancellation), Training with { Seed = seed });
        using var network = new Network(Network, seed);
        var trainings = Sizes.Sum(size =>
        {
            using var set = new SampleSubset(data.Training, [.. Enumerable.Range(0, size)]);
            return clock.Training(Network, training, set, data.Test!) + clock.Spectrum(Network, seed, set);
        });
        return
        [
            .. Methods.Select(method =>
            {
                var pool = data.Training.Count;
                var task = new SelectionTask
                {
                    Pool = data.Training,
                    Size = Math.Min(Few, Sizes.Max()),
                    Seed = seed,
                    Network = network,
                    Cancellation = cancellation,
                };
                var each = clock.Seconds(() => method.Trial.Select(task)) / method.Work(task.Size, pool);
                return trainings + each * (method.IsNested ? method.Work(Sizes.Max(), pool) : Sizes.Sum(size => method.Work(size, pool)));
            }),
        ];
    }

    internal override string Describe(int run, ulong seed) => $"{MethodOf(run).Label}, seed {SeedOf(run, seed)}";

    internal override Array[] Run(int run, RunContext context)
    {
        var (method, seed) = (MethodOf(run), SeedOf(run, context.Seed));
        var networkSeed = OneNetwork ? context.Seed : seed;
        var largest = Sizes.Max();
        var (chosen, distances) = (new int[Sizes.Count * largest], new double[Sizes.Count * largest]);
        Array.Fill(chosen, -1);
        Array.Fill(distances, double.NaN);
        var numbers = Quantities.Select(_ => new double[Sizes.Count]).ToArray();
        SelectionResult? whole = null;
        for (var k = 0; k < Sizes.Count; k++)
        {
            using var network = new Network(Network, networkSeed);
            var size = Sizes[k];
            var found = whole ?? Select(method.IsNested ? largest : size, network);
            whole = method.IsNested ? found : null;
            for (var i = 0; i < size; i++)
            {
                chosen[k * largest + i] = found.Indices[i];
                distances[k * largest + i] = found.Distances.Count > i ? found.Distances[i] : double.NaN;
            }
            using var set = new SampleSubset(context.Data, [.. found.Indices.Take(size)]);
            var spectrum = KernelSpectrum.Of(network, set, Workers.Single);
            var (lowest, last) = Train(network, set, networkSeed, context, k);
            foreach (var (column, value) in numbers.Zip([spectrum.Entropy, spectrum.Trace / spectrum.Size, lowest, last]))
            {
                column[k] = value;
            }
        }
        return [chosen, distances, .. numbers];

        SelectionResult Select(int size, Network network)
        {
            var result = method.Select(new()
            {
                Pool = context.Data,
                Size = size,
                Seed = seed,
                Network = network,
                Progress = taken => context.Progress(0.5 * taken / size),
                Cancellation = context.Cancellation,
            });
            return result.Indices.Count == size
                ? result
                : throw new InputException($"study {Name}: {method.Label} ended after {result.Indices.Count} of {size} samples ({result.Why}); sets of different sizes cannot be compared; loosen its thresholds, or leave out the size");
        }
    }

    internal override StudySummary Summarise(StudyTable table, ulong seed)
    {
        var numbers = new List<StudyNumber>();
        double[] Of(int method, string column, int size) => table.Of(column, Enumerable.Range(0, Repeats).Select(r => r * Methods.Count + method), size);
        for (var k = 0; k < Sizes.Count; k++)
        {
            string Named(string what, int method) => string.Create(CultureInfo.InvariantCulture, $"{Methods[method].Label} n={Sizes[k]} {what}");
            for (var m = 0; m < Methods.Count; m++)
            {
                numbers.AddRange(Quantities.Select(q => StudyStatistics.Mean(Named(q.Text, m), Of(m, q.Column, k), q.Unit)));
            }
            for (var m = 1; m < Methods.Count; m++)
            {
                numbers.AddRange(Quantities.Select(q =>
                    StudyStatistics.Mean(Named($"{q.Text} difference", m), [.. Of(m, q.Column, k).Zip(Of(0, q.Column, k), (other, reference) => other - reference)], q.Unit)));
            }
            // Networks that differ would differ in their kernels and losses, whatever the sets.
            foreach (var (x, y) in OneNetwork ? [(0, 2), (0, 3), (1, 2), (1, 3), (0, 1)] : Array.Empty<(int, int)>())
            {
                numbers.Add(StudyStatistics.RankCorrelation(Named($"rank correlation of {Quantities[x].Text} and {Quantities[y].Text}", 0), Of(0, Quantities[x].Column, k), Of(0, Quantities[y].Column, k), seed));
            }
        }
        return new(
            Name,
            $"Selection {Name}",
            numbers,
            [.. Quantities.Select((q, index) => Plot(q.Text, Of, index)), Cloud(Of)],
            [
                string.Create(CultureInfo.InvariantCulture, $"{Repeats} sets of each size and method; {(OneNetwork ? "one network for all" : "a network for each repeat, the same for all methods")}. Entropy [nats] and mean trace are of its kernel for the chosen samples before training."),
                $"Differences are from {Methods[0].Label}, pair by pair, with Student's intervals. Rank correlations, where there is one network, are Spearman's over the sets of {Methods[0].Label}, with bootstrap intervals.",
            ]);
    }

    private SelectionMethod MethodOf(int run) => Methods[run % Methods.Count];

    private ulong SeedOf(int run, ulong first) => first + (ulong)(run / Methods.Count);

    private (double Lowest, double Last) Train(Network network, SampleSet set, ulong seed, RunContext context, int size)
    {
        var (lowest, last) = (double.PositiveInfinity, double.NaN);
        using var trainer = new Trainer(network, set, Training with { Seed = seed });
        trainer.Run(
            [
                new EpochRecorder(moment =>
                {
                    last = trainer.Evaluate(context.Test);
                    lowest = Math.Min(lowest, last);
                    context.Progress(0.5 + 0.5 * (size + (double)moment.Epoch / Epochs) / Sizes.Count);
                }),
            ],
            cancellation: context.Cancellation);
        return (lowest, last);
    }

    private AnalysisPlot Plot(string text, Func<int, string, int, double[]> of, int quantity) => new(
        $"{char.ToUpperInvariant(text[0])}{text[1..]}", "n", "", text, Quantities[quantity].Unit,
        [.. Methods.Select((method, m) => StudyStatistics.Curve(method.Label, Sizes, k => of(m, Quantities[quantity].Column, k)))]);

    private AnalysisPlot Cloud(Func<int, string, int, double[]> of) => new(
        $"Entropy and minimum test loss of the sets of {Methods[0].Label}", "S", Quantities[0].Unit, "minimum test loss", "",
        [.. Sizes.Select((size, k) => new AnalysisCurve($"n = {size}", of(0, Quantities[0].Column, k), of(0, Quantities[2].Column, k)) { Scatter = true })]);
}
