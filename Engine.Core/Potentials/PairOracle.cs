using Engine.Core.Forces;
using Engine.Core.Particles;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;

namespace Engine.Core.Potentials;

/// <summary>
/// Energy, forces and virial the slow and plain way, in double: all pairs with all their periodic images, the reciprocal sum term by term. Shares
/// no loop with the kernels and knows no neighbour list, so that it may judge them; right for cells far smaller than the cutoff. O(N²·images).
/// </summary>
public static class PairOracle
{
    /// <summary>What was found, and what it is made of [energy].</summary>
    /// <param name="Energy">The total.</param>
    /// <param name="Forces">[N, 3] in the order of the configuration [energy/length].</param>
    /// <param name="Virial">W = Σ r ⊗ f.</param>
    /// <param name="PairEnergy">Sum over pairs inside the cutoffs.</param>
    /// <param name="ReciprocalEnergy">Reciprocal Ewald sum and background.</param>
    /// <param name="ConstantEnergy">Self terms.</param>
    /// <param name="TailEnergy">Tail corrections.</param>
    public readonly record struct Result(
        double Energy, double[] Forces, SymmetricTensor Virial,
        double PairEnergy, double ReciprocalEnergy, double ConstantEnergy, double TailEnergy);

    /// <summary>Evaluates a configuration whose species table is that of the model.</summary>
    /// <exception cref="InputException">The tables differ, two particles coincide, or the cell does not suit an Ewald sum.</exception>
    public static Result Evaluate(Configuration configuration, PotentialModel model)
    {
        if (!configuration.SpeciesTable.Select(s => s.Name).SequenceEqual(model.Species.Select(s => s.Name)))
        {
            throw new InputException(
                $"the configuration has the species {string.Join(", ", configuration.SpeciesTable.Select(s => s.Name))}, but the model was built for {string.Join(", ", model.Species.Select(s => s.Name))}");
        }
        var counts = new int[model.Species.Count];
        foreach (var species in configuration.Species)
        {
            counts[species]++;
        }
        var forces = new double[3 * configuration.Count];
        var constant = model.ConstantEnergy(counts);
        var pair = AddPairs(configuration, model, forces);
        var reciprocal = model.Ewald is null ? default : AddReciprocal(configuration, model.Ewald, model.Charges, forces);
        var tail = model.TailCorrection(counts, configuration.Box);
        return new(
            pair.Energy + reciprocal.Energy + constant + tail.Energy, forces, pair.Virial + reciprocal.Virial + tail.Virial,
            pair.Energy, reciprocal.Energy, constant, tail.Energy);
    }

    /// <summary>The pairs inside the cutoffs alone.</summary>
    internal static (double Energy, double[] Forces, SymmetricTensor Virial) EvaluatePairs(Configuration configuration, PotentialModel model)
    {
        var forces = new double[3 * configuration.Count];
        var sums = AddPairs(configuration, model, forces);
        return (sums.Energy, forces, sums.Virial);
    }

    private static ForceSums AddPairs(Configuration configuration, PotentialModel model, double[] forces)
    {
        var box = configuration.Box;
        var widths = box.PerpendicularWidths;
        // Points are wrapped first, so that two of them differ by less than one cell along each periodic axis.
        int Reach(double width, bool periodic) => periodic ? (int)Math.Ceiling(model.MaximumCutoff / width) : 0;
        int reachX = Reach(widths.X, box.PeriodicX), reachY = Reach(widths.Y, box.PeriodicY), reachZ = Reach(widths.Z, box.PeriodicZ);
        var n = configuration.Count;
        var points = new Vector3d[n];
        for (var i = 0; i < n; i++)
        {
            var s = box.ToFractional(configuration.Position(i));
            points[i] = box.ToCartesian(new(
                box.PeriodicX ? s.X - Math.Floor(s.X) : s.X, box.PeriodicY ? s.Y - Math.Floor(s.Y) : s.Y, box.PeriodicZ ? s.Z - Math.Floor(s.Z) : s.Z));
        }
        var energy = 0.0;
        var virial = SymmetricTensor.Zero;
        for (var x = -reachX; x <= reachX; x++)
        {
            for (var y = -reachY; y <= reachY; y++)
            {
                for (var z = -reachZ; z <= reachZ; z++)
                {
                    var image = box.Shift(x, y, z);
                    var home = x == 0 && y == 0 && z == 0;
                    for (var i = 0; i < n; i++)
                    {
                        for (var j = home ? i + 1 : 0; j < n; j++)
                        {
                            if (model.Function(configuration.Species[i], configuration.Species[j]) is not { } function)
                            {
                                continue;
                            }
                            var d = points[i] - points[j] - image;
                            var rSquared = d.LengthSquared;
                            if (rSquared >= function.Cutoff * function.Cutoff)
                            {
                                continue;
                            }
                            if (rSquared == 0)
                            {
                                throw new InputException($"particles {i} and {j} lie at the same place; expected distinct positions; remove one");
                            }
                            var (u, forceOverDistance) = function.At(rSquared);
                            // Away from the home cell every pair of images is met from both ends: each end gets half.
                            var share = home ? 1.0 : 0.5;
                            var force = share * forceOverDistance * d;
                            energy += share * u;
                            virial += SymmetricTensor.Outer(d, force);
                            Add(forces, i, force);
                            Add(forces, j, -force);
                        }
                    }
                }
            }
        }
        return new(energy, virial);
    }

    /// <summary>(2πk/V) Σ exp(−K²/4g²)/K² |S(K)|² over the whole space of K, each exponential by its own sine and cosine.</summary>
    private static ForceSums AddReciprocal(Configuration configuration, EwaldSettings ewald, IReadOnlyList<double> charges, double[] forces)
    {
        var box = configuration.Box;
        EwaldReciprocal.CheckPeriodic(box);
        var n = configuration.Count;
        var q = Array.ConvertAll(configuration.Species, s => charges[s]);
        var normal = 2 * Math.PI / box.Volume;
        Vector3d ka = normal * Vector3d.Cross(box.B, box.C), kb = normal * Vector3d.Cross(box.C, box.A), kc = normal * Vector3d.Cross(box.A, box.B);
        int Reach(Vector3d edge) => (int)Math.Ceiling(ewald.ReciprocalCutoff * edge.Length / (2 * Math.PI));
        int reachX = Reach(box.A), reachY = Reach(box.B), reachZ = Reach(box.C);
        var prefactor = 2 * Math.PI * ewald.Coulomb / box.Volume;
        var quarter = 1 / (4 * ewald.Splitting * ewald.Splitting);
        var sines = new double[n];
        var cosines = new double[n];
        var energy = 0.0;
        var virial = SymmetricTensor.Zero;
        for (var x = -reachX; x <= reachX; x++)
        {
            for (var y = -reachY; y <= reachY; y++)
            {
                for (var z = -reachZ; z <= reachZ; z++)
                {
                    var k = x * ka + y * kb + z * kc;
                    var squared = k.LengthSquared;
                    if (squared == 0 || squared > ewald.ReciprocalCutoff * ewald.ReciprocalCutoff)
                    {
                        continue;
                    }
                    double real = 0, imaginary = 0;
                    for (var i = 0; i < n; i++)
                    {
                        (sines[i], cosines[i]) = Math.SinCos(Vector3d.Dot(k, configuration.Position(i)));
                        real += q[i] * cosines[i];
                        imaginary += q[i] * sines[i];
                    }
                    var weight = prefactor * Math.Exp(-squared * quarter) / squared;
                    var term = weight * (real * real + imaginary * imaginary);
                    energy += term;
                    virial += term * (SymmetricTensor.Isotropic(1) - 2 * (1 / squared + quarter) * SymmetricTensor.Outer(k, k));
                    for (var i = 0; i < n; i++)
                    {
                        Add(forces, i, 2 * weight * q[i] * (sines[i] * real - cosines[i] * imaginary) * k);
                    }
                }
            }
        }
        var background = ewald.Background ? ewald.BackgroundEnergy(q.Sum(), box.Volume) : 0;
        return new(energy + background, virial + SymmetricTensor.Isotropic(background));
    }

    private static void Add(double[] forces, int i, Vector3d force)
    {
        forces[3 * i] += force.X;
        forces[3 * i + 1] += force.Y;
        forces[3 * i + 2] += force.Z;
    }
}
