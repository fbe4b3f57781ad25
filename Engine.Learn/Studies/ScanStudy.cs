using System.Globalization;
using Engine.Core.Analysis;
using Engine.Core.Json;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Learn.Networks.Layers;
using Engine.Learn.Spectra;
using Engine.Learn.Training;

namespace Engine.Learn.Studies;

/// <summary>
/// "scan": variants of a network, each trained from several seeds, the same for all variants; von Neumann entropy S and mean trace tr/N of the kernel of all training samples while they
/// learn. What comes out are the dip min S − S₀, the rise S_last − S₀ and the ratio of traces, last to first, as means over seeds.
/// </summary>
public sealed record ScanStudy : Study
{
    private const string Entropy = "entropy";
    private const string MeanTrace = "meanTrace";
    private const string TrainingLoss = "trainingLoss";
    private const string TestLoss = "testLoss";
    private const string Nats = "nats";

    /// <summary>Variants by lists of widths, depths and activations.</summary>
    public ScanGrid? Grid { get; init; }

    /// <summary>Variants one by one, after those of the grid.</summary>
    public IReadOnlyList<ScanVariant> Variants { get; init; } = [];

    /// <summary>Trainings of each variant.</summary>
    public int Seeds { get; init; } = 10;

    /// <summary>After which epochs the kernel is looked at; the start and the end are always among them.</summary>
    public IReadOnlyList<int> RecordedEpochs { get; init; } = [];

    internal override int Runs => Seeds * (VariantsOfGrid().Count() + Variants.Count);

    internal override Study Shape => this with { Seeds = 1 };

    internal override IReadOnlyList<StudyColumn> Columns => [.. new[] { Entropy, MeanTrace, TrainingLoss, TestLoss }.Select(name => new StudyColumn(name, false, Moments.Length))];

    private int[] Moments => [.. RecordedEpochs.Append(0).Append(Epochs).Order().Distinct()];

    internal override void Check()
    {
        base.Check();
        if (Seeds < 1)
        {
            throw new InputException($"study {Name}: seeds is {Seeds}, expected 1 or more");
        }
        if (RecordedEpochs.Any(e => e < 0 || e > Epochs))
        {
            throw new InputException($"study {Name}: recordedEpochs has {RecordedEpochs.First(e => e < 0 || e > Epochs)}, expected epochs from 0 to {Epochs}");
        }
        var settings = Settings();
        if (settings.Length == 0 || settings.Select(s => s.Name).Distinct().Count() < settings.Length)
        {
            throw new InputException($"study {Name}: its variants are called {(settings.Length == 0 ? "nothing, there is none" : string.Join(", ", settings.Select(s => s.Name)))}; expected a grid or variants, each with a name of its own");
        }
        if (Array.Find(settings, s => s.Training.Strategy is RecursiveStrategy || s.Training.Strategy.EpochsOf(1) != Epochs) is { } other)
        {
            throw new InputException($"study {Name}: the variant {other.Name} has another number of epochs than the training, {Epochs}; expected the same, since they are compared epoch by epoch");
        }
    }

    internal override double[] EstimateSeconds(DataSets data, ulong seed, CancellationToken cancellation)
    {
        var clock = new StudyClock(cancellation);
        return
        [
            .. Settings().Select(s => clock.Training(s.Network, s.Training with { Seed = seed }, data.Training, data.Test!)
                + Moments.Length * clock.Spectrum(s.Network, seed, data.Training)),
        ];
    }

    internal override string Describe(int run, ulong seed)
    {
        var settings = Settings();
        return $"{settings[run % settings.Length].Name}, seed {SeedOf(run, seed, settings)}";
    }

    internal override Array[] Run(int run, RunContext context)
    {
        var settings = Settings();
        var (variant, seed) = (settings[run % settings.Length], SeedOf(run, context.Seed, settings));
        var moments = Moments;
        var (entropy, trace, training, test) = (new double[moments.Length], new double[moments.Length], new double[moments.Length], new double[moments.Length]);
        using var network = new Network(variant.Network, seed);
        using var trainer = new Trainer(network, context.Data, variant.Training with { Seed = seed });
        trainer.Run([new EpochRecorder(Look)], cancellation: context.Cancellation);
        return [entropy, trace, training, test];

        void Look(TrainingMoment moment)
        {
            context.Progress((double)moment.Epoch / Epochs);
            var k = Array.IndexOf(moments, (int)moment.Epoch);
            if (k >= 0)
            {
                var spectrum = KernelSpectrum.Of(network, context.Data, Workers.Single);
                (entropy[k], trace[k]) = (spectrum.Entropy, spectrum.Trace / spectrum.Size);
                (training[k], test[k]) = (trainer.Evaluate(context.Data), trainer.Evaluate(context.Test));
            }
        }
    }

    internal override StudySummary Summarise(StudyTable table, ulong seed)
    {
        var (settings, moments) = (Settings(), Moments);
        var last = moments.Length - 1;
        var numbers = new List<StudyNumber>();
        for (var v = 0; v < settings.Length; v++)
        {
            var (name, runs) = (settings[v].Name, RunsOf(v));
            double[] At(string column, int k) => table.Of(column, runs, k);
            void Add(string what, IEnumerable<double> values, string unit = "") => numbers.Add(StudyStatistics.Mean($"{name} {what}", [.. values], unit));
            var start = At(Entropy, 0);
            var lowest = Enumerable.Range(0, moments.Length).Select(k => At(Entropy, k)).Aggregate((a, b) => [.. a.Zip(b, Math.Min)]);
            Add("entropy at start", start, Nats);
            Add("dip", lowest.Zip(start, (low, first) => low - first), Nats);
            Add("rise", At(Entropy, last).Zip(start, (end, first) => end - first), Nats);
            Add("mean trace at start", At(MeanTrace, 0));
            Add("trace ratio", At(MeanTrace, last).Zip(At(MeanTrace, 0), (end, first) => end / first));
            Add("test loss", At(TestLoss, last));
        }
        AnalysisPlot Plot(string title, string column, string label, string unit) => new(title, "epoch", "", label, unit, [.. settings.Select((s, v) => StudyStatistics.Curve(s.Name, moments, k => table.Of(column, RunsOf(v), k)))]);
        return new(
            Name,
            $"Scan {Name}",
            numbers,
            [
                Plot("Von Neumann entropy of the kernel", Entropy, "S", Nats),
                Plot("Mean trace of the kernel", MeanTrace, "tr/N", "") with { LogarithmicY = true },
                Plot("Training loss", TrainingLoss, "loss", "") with { LogarithmicY = true },
                Plot("Test loss", TestLoss, "loss", "") with { LogarithmicY = true },
            ],
            [
                string.Create(CultureInfo.InvariantCulture, $"Means over {Seeds} seeds with their standard errors; the seeds are the same for all variants."),
                "Dip: the lowest entropy of a training less that at its start. Rise: that at its end less that at its start. Trace ratio: last over first.",
            ]);

        IEnumerable<int> RunsOf(int variant) => Enumerable.Range(0, Seeds).Select(s => s * settings.Length + variant);
    }

    private static ulong SeedOf(int run, ulong first, Setting[] settings) => first + (ulong)(run / settings.Length);

    private Setting[] Settings()
    {
        var root = StrictJson.ToNode(new Setting { Name = "", Network = Network, Training = Training });
        return
        [
            .. VariantsOfGrid(),
            .. Variants.Select(variant =>
            {
                var changed = root.DeepClone();
                foreach (var assignment in variant.Set)
                {
                    StrictJson.Override(changed, assignment);
                }
                return StrictJson.Read<Setting>(changed, $"study {Name}, variant {variant.Name}") with { Name = variant.Name };
            }),
        ];
    }

    private IEnumerable<Setting> VariantsOfGrid()
    {
        if (Grid is null)
        {
            return [];
        }
        if (Network.Layers is not [DenseLayer first, .., var output])
        {
            throw new InputException($"study {Name}: a grid needs a network that begins with a dense layer and has an output layer after it; expected such layers, or variants instead of the grid");
        }
        var depths = Grid.Depths is { Count: > 0 } ? Grid.Depths : [Network.Layers.Count - 1];
        if (depths.Any(d => d < 1))
        {
            throw new InputException($"study {Name}: depths of the grid begin with {depths.Min()}, expected 1 or more");
        }
        return
            from activation in Grid.Activations is { Count: > 0 } ? Grid.Activations : [first.Activation]
            from depth in depths
            from width in Grid.Widths is { Count: > 0 } ? Grid.Widths : [first.Units]
            let hidden = first with { Units = width, Activation = activation }
            select new Setting
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"{activation.ToString().ToLowerInvariant()} {depth}x{width}"),
                Network = Network with { Layers = [.. Enumerable.Repeat(hidden, depth), output] },
                Training = Training,
            };
    }

    /// <summary>What a variant consists of.</summary>
    private sealed record Setting
    {
        public required string Name { get; init; }

        public required NetworkDefinition Network { get; init; }

        public required TrainingSettings Training { get; init; }
    }
}
