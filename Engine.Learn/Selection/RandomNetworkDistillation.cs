using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Torch;
using Engine.Learn.Training;
using Engine.Learn.Training.Losses;

namespace Engine.Learn.Selection;

/// <summary>
/// "randomNetworkDistillation": a predictor learns what a random network, the target, gives for the samples chosen so far; the next one is where they are farthest apart
/// (Y. Burda, H. Edwards, A. Storkey and O. Klimov, ICLR 2019, arXiv:1810.12894; as a choice of data arXiv:2305.00995). The predictor and its optimiser go on from one round to the next.
/// Distances are those of the chosen samples in their round.
/// </summary>
public sealed record RandomNetworkDistillation : SelectionMethod
{
    internal const string Type = "randomNetworkDistillation";

    /// <summary>The network that is drawn and stays as it is.</summary>
    public required NetworkDefinition Target { get; init; }

    /// <summary>The network that learns it; by default another draw of the same.</summary>
    public NetworkDefinition? Predictor { get; init; }

    /// <summary>How far outputs are from each other.</summary>
    public DistanceMetric Metric { get; init; } = new MeanPower();

    /// <summary>What the predictor makes small.</summary>
    public Loss Loss { get; init; } = new MeanPower();

    public OptimiserSettings Optimiser { get; init; } = new AdamSettings();

    /// <summary>Most epochs of a round, each over all chosen samples.</summary>
    public int Epochs { get; init; } = 200;

    public int BatchSize { get; init; } = 32;

    /// <summary>A round of training ends after an epoch whose mean loss is below it; 0: after all epochs.</summary>
    public double LossThreshold { get; init; }

    /// <summary>Samples drawn at random before the first round.</summary>
    public int RandomFirst { get; init; }

    /// <summary>The selection ends when no sample left is as far as this; 0: it does not for that.</summary>
    public double DistanceThreshold { get; init; }

    /// <summary>The selection ends after so many rounds in which the largest distance was not smaller than ever before; null: it does not for that.</summary>
    public int? Patience { get; init; }

    private protected override string Kind => Type;

    internal override void Check()
    {
        Metric.Check();
        Loss.Check();
        if (Optimiser is TraceSettings)
        {
            throw new InputException($"{Label}: its optimiser is trace, whose rate follows the kernel of data that does not change; expected sgd, adam or adamW");
        }
        if (Epochs < 1 || BatchSize < 1 || RandomFirst < 0 || Patience < 1 || !(LossThreshold >= 0) || !(DistanceThreshold >= 0))
        {
            throw new InputException(FormattableString.Invariant(
                $"{Label}: epochs is {Epochs}, batchSize {BatchSize}, patience {Patience}, randomFirst {RandomFirst}, lossThreshold {LossThreshold}, distanceThreshold {DistanceThreshold}; expected 1 or more of the first three and no negative number"));
        }
    }

    /// <inheritdoc/>
    internal override SelectionMethod Trial => this with { RandomFirst = 0 };

    /// <summary>Steps of an epoch of each round.</summary>
    internal override double Work(int size, int pool) => Enumerable.Range(1, size).Sum(chosen => Math.Ceiling((double)chosen / BatchSize));

    private protected override SelectionResult Choose(SelectionTask task)
    {
        if (RandomFirst > task.Size)
        {
            throw new InputException($"{Label}: randomFirst is {RandomFirst}, but {task.Size} samples are to be chosen; expected no more than these");
        }
        RequireDistance();
        torch.set_num_threads(1);
        using var scope = new TensorScope();
        using var distillation = new Distillation(this, task.Pool, task.Seed);
        var first = Shuffled(task.Pool.Count, task.Seed, 0)[..RandomFirst];
        var (chosen, distances) = (new List<int>(), new List<double>());
        var taken = new bool[task.Pool.Count];
        var (nearest, since) = (double.PositiveInfinity, 0);
        for (var round = 1; ; round++)
        {
            task.Cancellation.ThrowIfCancellationRequested();
            var found = distillation.Distances();
            var farthest = Farthest(found, taken);
            since = found[farthest] < nearest ? 0 : since + 1;
            nearest = Math.Min(nearest, found[farthest]);
            if (round == 1 && first.Length > 0)
            {
                Array.ForEach(first, Add);
            }
            else if (found[farthest] < DistanceThreshold)
            {
                return new(chosen, distances, round, SelectionStop.NothingFar);
            }
            else if (since >= Patience)
            {
                return new(chosen, distances, round, SelectionStop.NoProgress);
            }
            else
            {
                Add(farthest);
            }
            if (chosen.Count == task.Size)
            {
                return new(chosen, distances, round, SelectionStop.SizeReached);
            }
            distillation.Learn(chosen, round, task.Cancellation);

            void Add(int sample)
            {
                chosen.Add(sample);
                distances.Add(found[sample]);
                taken[sample] = true;
                task.Progress?.Invoke(chosen.Count);
            }
        }
    }

    /// <summary>The first of the largest, of those that are left.</summary>
    private int Farthest(double[] distances, bool[] taken)
    {
        var farthest = -1;
        for (var i = 0; i < distances.Length; i++)
        {
            if (!double.IsFinite(distances[i]))
            {
                throw new RunFailedException(FormattableString.Invariant(
                    $"{Label}: the distance of sample {i} is {distances[i]}; lower the learning rate of its optimiser, or scale the data"));
            }
            if (!taken[i] && (farthest < 0 || distances[i] > distances[farthest]))
            {
                farthest = i;
            }
        }
        return farthest;
    }

    /// <summary>A metric that falls with the distance would choose what is known best.</summary>
    private void RequireDistance()
    {
        using var scope = new TensorScope();
        double[] points = [1, 2, -1, 1, 3, -2];
        var here = torch.tensor(points, [3, 2]);
        var (same, opposite) = (Metric.Compute(here, here).to_double(), Metric.Compute(here, -here).to_double());
        if (same.Zip(opposite).Any(pair => !(pair.Second > pair.First)))
        {
            throw new InputException(FormattableString.Invariant(
                $"{Label}: the metric is {same[0]} between a point and itself and {opposite[0]} between it and its opposite; expected one that grows with the distance, such as meanPower or cosine"));
        }
    }
}
