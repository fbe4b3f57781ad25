using System.Numerics.Tensors;
using Engine.Core.Particles;
using Engine.Core.Soap;
using Engine.Kernels.Algebra;
using Engine.Kernels.Memory;
using Engine.Kernels.Threading;

namespace Engine.Core.Gap;

/// <summary>
/// How sure a potential is of each atom's energy: the variance k(d, d) − kᵀ (K_MM + ε²)⁻¹ k of the Gaussian process given the energies at its sparse points, as
/// QUIP's local_gap_variance less its ε². Below ε = δ/1000 where the surroundings are those of a sparse point, δ where nothing like them is known. Soap sets only; depends on the sparse points and not on what was fitted.
/// </summary>
public sealed class GapUncertainty : IDisposable
{
    /// <summary>ε over δ.</summary>
    private const double Regularisation = 1e-3;

    private readonly (GapSparseSet Set, SoapDescriptors Soap, AlignedBuffer<double> Points, AlignedBuffer<double> Factor)[] sets;
    private readonly Workers workers;
    private readonly LinearAlgebra algebra;

    public GapUncertainty(GapModel model, Workers workers)
    {
        this.workers = workers;
        algebra = LinearAlgebra.OfProcessor(workers);
        sets = [.. model.Sets.Where(set => set.Soap is not null).Select(Prepare)];
    }

    /// <summary>Standard deviation of the energy of each atom of a frame [eV].</summary>
    public double[] Deviations(Configuration frame)
    {
        var variances = new double[frame.Count];
        foreach (var (set, soap, points, factor) in sets)
        {
            var found = soap.Compute(frame, workers);
            var count = found.Centres.Length;
            if (count == 0)
            {
                continue;
            }
            using var descriptors = new AlignedBuffer<double>(count * set.Dimensions);
            using var products = new AlignedBuffer<double>(count * set.Count);
            Buffer(found.Values).CopyTo(descriptors.Span);
            var (d, k) = (new Matrix<double>(descriptors, count, set.Dimensions), new Matrix<double>(products, set.Count, count));
            algebra.Gemm(1, new(points, set.Count, set.Dimensions), d.Transposed, 0, k);
            for (var s = 0; s < set.Count; s++)
            {
                DotProductKernel.Apply(k.Row(s), set.Zeta, set.Delta);
            }
            algebra.SolveTriangular(new(factor, set.Count, set.Count), lower: true, k);
            for (var i = 0; i < count; i++)
            {
                var variance = set.Delta * set.Delta * Math.Pow(TensorPrimitives.Dot<double>(d.Row(i), d.Row(i)), set.Zeta);
                for (var s = 0; s < set.Count; s++)
                {
                    variance -= k[s, i] * k[s, i];
                }
                variances[found.Centres[i]] += Math.Max(0, variance);
            }
        }
        return [.. variances.Select(Math.Sqrt)];
    }

    public void Dispose()
    {
        foreach (var (_, soap, points, factor) in sets)
        {
            soap.Dispose();
            points.Dispose();
            factor.Dispose();
        }
        algebra.Dispose();
    }

    private (GapSparseSet, SoapDescriptors, AlignedBuffer<double>, AlignedBuffer<double>) Prepare(GapSparseSet set)
    {
        var points = new AlignedBuffer<double>(set.Points.Length);
        set.Points.CopyTo(points.Span);
        var factor = new AlignedBuffer<double>(set.Count * set.Count);
        var (x, k) = (new Matrix<double>(points, set.Count, set.Dimensions), new Matrix<double>(factor, set.Count, set.Count));
        algebra.Gemm(1, x, x.Transposed, 0, k);
        for (var s = 0; s < set.Count; s++)
        {
            DotProductKernel.Apply(k.Row(s), set.Zeta, set.Delta);
            k[s, s] += Regularisation * Regularisation * set.Delta * set.Delta;
        }
        algebra.Cholesky(k);
        return (set, new(set.Soap!), points, factor);
    }

    private static ReadOnlySpan<double> Buffer(double[,] values) => System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref values[0, 0], values.Length);
}
