using System.Diagnostics;
using Engine.Core.Forces;
using Engine.Core.Gap;
using Engine.Core.Input;
using Engine.Core.Potentials;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Ewald;
using Engine.Kernels.Geometry;
using Engine.Kernels.Langevin;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Pair;
using Engine.Kernels.Particles;

namespace Engine.Core.Simulations;

/// <summary>
/// Particles that move on a device: one system, or replicas of the same cell and composition one after the other. Pairs, sums over neighbours and velocities are floats,
/// positions 32-bit fractions of the cell, sums over particles doubles.
/// </summary>
internal sealed class DeviceMotion : IDisposable
{
    /// <summary>A distance [length] whose square a float holds and nothing moves.</summary>
    private const double Unlimited = 1e18;

    /// <summary>What a list costs a GPU beside sorting and searching, in listed pairs that it could evaluate meanwhile: a dozen launches and the idle steps of a graph, some twenty microseconds.</summary>
    private const double RebuildOverhead = 5e6;

    private const int FirstStride = 10 * DeviceTexts.StepsPerGraph;
    private const int LargestStride = 1000 * DeviceTexts.StepsPerGraph;
    private static readonly TimeSpan LongEnough = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan TooLong = TimeSpan.FromMilliseconds(100);

    private readonly PotentialModel model;
    private readonly int[] counts;
    private readonly ulong seed;
    private readonly DevicePairForces pairs;
    private readonly IDeviceReciprocalSum? ewald;
    private readonly IDeviceForces[] others;
    private readonly double cutoff;
    private readonly StepGraphs graphs;
    private readonly DeviceTexts texts;
    private DevicePairHistogram? histogram;
    private bool forcesKnown;

    /// <summary>Lists built at once.</summary>
    private long rebuilds;

    /// <summary>How far particles may move until the list is out of date [length].</summary>
    private double allowance;

    /// <summary>Whether forces were last computed of the very positions, order and cell that are there.</summary>
    private bool forcesCurrent;

    /// <param name="device">Where; stays the caller's.</param>
    /// <param name="model">The interactions.</param>
    /// <param name="counts">Particles of each species in one replica.</param>
    /// <param name="replicas">How many there are; with more than one, Ewald sums are refused.</param>
    /// <param name="box">The cell at the start; open axes stay open.</param>
    /// <param name="tilted">Whether the cell is or may become tilted.</param>
    /// <param name="seed">Replica k draws the random numbers of a run with seed + k · 2³².</param>
    /// <param name="lanes">Threads that share a particle in the search and in the pair forces; 0 to choose.</param>
    /// <param name="fixedSkin">Skin that is not tuned [length]; null to tune it.</param>
    /// <param name="separateSteps">Whether motion and forces have kernels of their own where one could do both; no bit depends on it.</param>
    public DeviceMotion(Device device, PotentialModel model, int[] counts, int replicas, Box box, bool tilted, ulong seed, int lanes = 0, double? fixedSkin = null, bool separateSteps = false)
    {
        (this.model, this.counts, this.seed, cutoff) = (model, counts, seed, model.Reach);
        var species = counts.Length;
        var size = counts.Sum();
        RequireRoom(device, model, box);
        texts = DeviceTexts.Of(box, tilted);
        Particles = new(device, size * replicas, size);
        var potentials = new object?[species, species];
        for (var a = 0; a < species; a++)
        {
            for (var b = 0; b < species; b++)
            {
                potentials[a, b] = model.FastPair(a, b);
            }
        }
        // Neighbours in an ideal gas of that density.
        var near = 4.0 / 3 * Math.PI * cutoff * cutoff * cutoff * size / box.Volume;
        var forceLanes = lanes > 0 ? lanes : DevicePairForces.LanesFor(device, Particles.Count, near);
        List = new(Particles, texts, lanes, hasRows: forceLanes > 1);
        pairs = new(Particles, List, PairFormulas.Of(potentials), species, texts, forceLanes);
        if (model.Ewald is { } split)
        {
            if (replicas > 1)
            {
                throw new InputException($"potential {model.Name} has an Ewald sum, expected interactions that end at a cutoff: replicas of one batch share no wave vectors; use coulombDsf or coulombWolf");
            }
            ewald = split.OnMesh(size)
                ? new DeviceMeshSum(Particles, counts, model.Charges, split.Splitting, split.ReciprocalCutoff, split.Coulomb)
                : new DeviceReciprocalSum(Particles, model.Charges, split.Splitting, split.ReciprocalCutoff, split.Coulomb);
        }
        var gap = model.ForceTerms.OfType<GapForce>().Select(term => term.On(Particles, List, texts, counts));
        others = [.. gap, .. ewald is null ? Array.Empty<IDeviceForces>() : [ewald]];
        Kinetics = new(Particles);
        graphs = new(Particles, List, pairs, others, texts) { AreSeparate = separateSteps };
        var overhead = device.Description.Kind == DeviceKind.Cuda ? RebuildOverhead / (Math.Max(1, near) * Particles.Count) : 0;
        Skin = new(cutoff, overhead) { IsFixed = fixedSkin is not null };
        Skin.Skin = fixedSkin ?? Skin.Skin;
    }

    /// <summary>Steps worth asking for at once: as many as the device is busy with for some tens of milliseconds, so that it seldom waits and a stop is heard soon. No bit depends on it.</summary>
    public int Stride { get; private set; } = FirstStride;

    public DeviceParticles Particles { get; }

    public DeviceKinetics Kinetics { get; }

    public DeviceNeighbourList List { get; }

    public DeviceSkin Skin { get; }

    /// <summary>The cell of every replica.</summary>
    public FixedPointCell Cell { get; private set; } = null!;

    /// <summary>The cell of which the list was built.</summary>
    public Box BuiltBox { get; private set; }

    /// <summary>Whether there is a list of the present particles; if not, one is built when it is needed.</summary>
    public bool Listed { get; private set; }

    public long Rebuilds => rebuilds + graphs.Lists;

    /// <summary>What velocities lag behind positions by [time].</summary>
    public double Lag { get; set; }

    /// <summary>How far the list reaches [length].</summary>
    public double Reach => cutoff > 0 ? cutoff + Skin.Skin : 0;

    /// <summary>One more than the number (over replicas) of a particle that cannot be right; 0 for none.</summary>
    public int BrokenParticle => graphs.BrokenParticle;

    /// <summary>The same of a particle that another one is at the same place of, or so near that the force has no measure.</summary>
    public int OverloadedParticle => graphs.OverloadedParticle;

    /// <summary>Whether more charge came to a point of the mesh of an Ewald sum than it has room for.</summary>
    public bool MeshIsFull => graphs.MeshIsFull;

    /// <summary>What that is told by.</summary>
    /// <param name="when">"at the start".</param>
    public static RunFailedException FullMesh(string when) => new(
        $"more charge came to a point of the mesh of the Ewald sum than it has room for, {when}; expected no more than a melt or a salt has there; particles of one charge have gathered, or the mesh is too coarse for them: use a smaller time step, \"method\": \"sum\" in the term ewald, or --device cpu");

    /// <summary>Whether there is a particle, or a mesh, that cannot be right.</summary>
    public bool IsBroken => BrokenParticle != 0 || OverloadedParticle != 0 || MeshIsFull;

    /// <summary>Other particles are in place of the former ones.</summary>
    public void Replace(FixedPointCell cell, ReadOnlySpan<Int4> positions, ReadOnlySpan<Int4> images, ReadOnlySpan<Float4> velocities)
    {
        Particles.Positions.Upload(positions);
        Particles.Images.Upload(images);
        Particles.Velocities.Upload(velocities);
        // What was wrong with the former ones, as overlaps that a minimisation has removed, is forgotten.
        Particles.Control.Clear();
        (Listed, forcesKnown) = (false, false);
        SetCell(cell);
    }

    /// <summary>Replaces the cell; particles keep their fractions. <see cref="SetLimits"/> follows if there is a list.</summary>
    public void SetCell(FixedPointCell value)
    {
        (Cell, forcesCurrent) = (value, false);
        Particles.SetCell(value);
        if (ewald?.SetBox(value.Box) == true)
        {
            graphs.Forget();
        }
    }

    /// <summary>Lists and forces of the present positions, unless they are known.</summary>
    public void Prepare()
    {
        if (!Listed)
        {
            BuildList();
        }
        if (!forcesKnown)
        {
            ComputeForces();
        }
    }

    /// <summary>Forces of the present positions.</summary>
    public void ComputeForces()
    {
        graphs.ComputeForces();
        (forcesKnown, forcesCurrent) = (true, true);
    }

    /// <summary>Looks at what has been found wrong: <see cref="BrokenParticle"/>, <see cref="OverloadedParticle"/>, <see cref="MeshIsFull"/>.</summary>
    public void Look() => graphs.Look();

    /// <summary>Moves on by some steps.</summary>
    /// <param name="motion">How.</param>
    /// <param name="step">Step of the run at the start.</param>
    /// <param name="stageStep">Step of the stage at the start.</param>
    /// <param name="count">How many steps.</param>
    /// <returns>Steps done; fewer than <paramref name="count"/> where <see cref="IsBroken"/>.</returns>
    public int Advance(in Motion motion, long step, long stageStep, int count)
    {
        var integrator = motion.Integrator switch
        {
            LangevinInput => DeviceIntegrator.Baoab,
            BrownianInput => DeviceIntegrator.Brownian,
            _ => DeviceIntegrator.VelocityVerlet,
        };
        var start = Stopwatch.GetTimestamp();
        Prepare();
        if (integrator == DeviceIntegrator.Brownian && Lag != 0)
        {
            Kinetics.Map(Lag, TriangularMap.Identity, Vector3d.Zero);
            Lag = 0;
        }
        var schedule = new Float4[count];
        for (var k = 0; k < count; k++)
        {
            schedule[k] = Step(motion, motion.ThermalEnergy(stageStep + k), k == 0 ? Lag : 0.5 * motion.TimeStep);
        }
        graphs.Begin(schedule, seed, step);
        var counted = 0;
        bool finished;
        do
        {
            var lists = graphs.Lists;
            finished = graphs.Advance(integrator);
            Skin.Age += graphs.Done - counted;
            counted = graphs.Done;
            if (graphs.Lists > lists)
            {
                Skin.Lists += graphs.Lists - lists;
                (BuiltBox, allowance) = (Cell.Box, Allowance(Reach));
            }
            if (IsBroken)
            {
                return counted;
            }
            if (!finished)
            {
                if (graphs.NearOpenEnd)
                {
                    Recentre();
                }
                BuildList();
                graphs.Resume();
            }
        }
        while (!finished);
        forcesCurrent |= count > 0;
        if (integrator != DeviceIntegrator.Brownian)
        {
            Lag = 0.5 * motion.TimeStep;
        }
        if (count == Stride)
        {
            var taken = Stopwatch.GetElapsedTime(start);
            Stride = taken < LongEnough ? Math.Min(2 * Stride, LargestStride) : taken > TooLong ? Math.Max(Stride / 2, DeviceTexts.StepsPerGraph) : Stride;
        }
        return count;
    }

    /// <summary>Energy and virial of each replica's present positions, and the square of the smallest distance [length²].</summary>
    public (ForceSums Sums, double ClosestSquared)[] Sums()
    {
        var all = pairs.Sums();
        var beside = others.Select(other => other.Sums(forcesCurrent)).ToArray();
        var result = new (ForceSums, double)[all.Length];
        for (var r = 0; r < all.Length; r++)
        {
            var sums = new ForceSums(all[r].Energy + model.ConstantEnergy(counts), all[r].Virial);
            var closest = all[r].ClosestSquared;
            foreach (var other in beside)
            {
                sums += new ForceSums(other[r].Energy, other[r].Virial);
                closest = Math.Min(closest, other[r].ClosestSquared);
            }
            if (model.Ewald is { Background: true } split)
            {
                var netCharge = counts.Select((n, s) => n * model.Charges[s]).Sum();
                var background = split.BackgroundEnergy(netCharge, Cell.Box.Volume);
                sums += new ForceSums(background, SymmetricTensor.Isotropic(background));
            }
            if (model.HasTailCorrections)
            {
                sums += model.TailCorrection(counts, Cell.Box);
            }
            result[r] = (sums, closest);
        }
        return result;
    }

    /// <summary>Pairs closer than a distance, see <see cref="DevicePairHistogram.Count"/>.</summary>
    public long[] CountPairs(double maximum, int bins)
    {
        Prepare();
        return (histogram ??= new(Particles, List, texts)).Count(maximum, bins, counts.Length, Cell.Widths, allowance);
    }

    /// <summary>Sorts the particles and lists their neighbours.</summary>
    /// <param name="next">Whether it is another list than the last one: the skin may be changed in the light of how long former ones served.</param>
    /// <param name="grid">Cells to sort them into; null to choose.</param>
    public void BuildList(bool next = true, DeviceGrid? grid = null)
    {
        if (next)
        {
            Skin.NextList();
        }
        forcesCurrent = false;
        Skin.Fit(Cell.Widths.SmallestComponent);
        if (List.Build(Cell, Math.Max(Reach, 1e-6 * Cell.Widths.X), grid))
        {
            graphs.Forget();
        }
        foreach (var other in others)
        {
            other.ListBuilt(GraphStep.AtOnce);
        }
        BuiltBox = Cell.Box;
        rebuilds++;
        Listed = true;
        graphs.SetListsLeft(Skin.ListsLeft);
        SetLimits();
    }

    /// <summary>How far particles may move until the list is out of date, in the present shape of the cell.</summary>
    public void SetLimits()
    {
        if (cutoff == 0)
        {
            allowance = double.PositiveInfinity;
            List.SetLimits(Unlimited, Unlimited, Unlimited);
            return;
        }
        allowance = Allowance(AffineMap.Between(BuiltBox, Cell.Box).SmallestStretch * Reach);
        // Graphs build their lists into the cells of the last one.
        Listed = Listed && allowance > 0 && List.Fits(Cell, Reach);
        List.SetLimits(allowance, Allowance(Reach), Reach);
    }

    public void Dispose()
    {
        graphs.Dispose();
        Kinetics.Dispose();
        foreach (var other in others)
        {
            other.Dispose();
        }
        pairs.Dispose();
        List.Dispose();
        Particles.Dispose();
    }

    /// <summary>Half of what a list reaches beyond the cutoff, and a hair less: displacements are compared in float.</summary>
    private double Allowance(double reach) => Math.Max(0.5 * (reach - cutoff) * (1 - 1e-5), 0);

    /// <summary>Particles have come near the end of the cell along an open axis: the same places in a larger one.</summary>
    private void Recentre()
    {
        var positions = Particles.Positions.ToArray();
        var places = Array.ConvertAll(positions, Cell.ToReal);
        var cell = FixedPointCell.Around(Cell.Box, places, Reach);
        for (var i = 0; i < places.Length; i++)
        {
            (positions[i], _, _, _) = cell.ToFixed(places[i], positions[i].W);
        }
        Particles.Positions.Upload(positions);
        SetCell(cell);
    }

    /// <summary>Refuses a cell in which no list fits.</summary>
    private static void RequireRoom(Device device, PotentialModel model, Box box)
    {
        if (model.TermOfProcessor is { } term)
        {
            throw new InputException($"potential {model.Name} has a {term.Name} term, which computes on the processor only, found device {device.Address}; use --device cpu");
        }
        DeviceNeighbourList.RequireRoom(device, box, (1 + DeviceSkin.Thinnest) * model.Reach, model.Units.LengthUnit);
    }

    private static Float4 Step(in Motion motion, double kT, double lag)
    {
        var dt = motion.TimeStep;
        switch (motion.Integrator)
        {
            case LangevinInput langevin:
                // 1 − exp(−2γdt) without cancellation for small γdt, as on the processor.
                var decay = Math.Exp(-langevin.Friction * dt);
                var fluctuation = 2 * decay * Math.Sinh(langevin.Friction * dt);
                return new((float)(lag + 0.5 * dt), (float)(0.5 * dt), (float)decay, (float)Math.Sqrt(fluctuation * kT));
            case BrownianInput brownian:
                return new((float)(dt / brownian.Friction), 0, 0, (float)Math.Sqrt(2 * kT * dt / brownian.Friction));
            default:
                return new((float)(lag + 0.5 * dt), (float)dt, 0, 0);
        }
    }
}
