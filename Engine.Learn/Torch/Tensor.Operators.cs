namespace Engine.Learn.Torch;

/// <content>ATen operators: each is libtorch's of the same name, with the gradient that libtorch gives it.</content>
public sealed unsafe partial class Tensor
{
    private static readonly Operator AbsOperator = new("aten::abs");
    private static readonly Operator AcosOperator = new("aten::acos");
    private static readonly Operator AddInPlaceOperator = new("aten::add_", "Tensor");
    private static readonly Operator AddOperator = new("aten::add", "Tensor");
    private static readonly Operator AddScalarOperator = new("aten::add", "Scalar");
    private static readonly Operator AddcdivInPlaceOperator = new("aten::addcdiv_");
    private static readonly Operator AddcmulInPlaceOperator = new("aten::addcmul_");
    private static readonly Operator AllOperator = new("aten::all");
    private static readonly Operator AmaxOperator = new("aten::amax");
    private static readonly Operator ArgmaxOperator = new("aten::argmax");
    private static readonly Operator AvgPool2dOperator = new("aten::avg_pool2d");
    private static readonly Operator ClampMinOperator = new("aten::clamp_min");
    private static readonly Operator ClampOperator = new("aten::clamp");
    private static readonly Operator ConstantPadOperator = new("aten::constant_pad_nd");
    private static readonly Operator ContiguousOperator = new("aten::contiguous");
    private static readonly Operator Conv2dOperator = new("aten::conv2d");
    private static readonly Operator CopyInPlaceOperator = new("aten::copy_");
    private static readonly Operator CumsumOperator = new("aten::cumsum");
    private static readonly Operator DetachOperator = new("aten::detach");
    private static readonly Operator DivOperator = new("aten::div", "Tensor");
    private static readonly Operator DivScalarOperator = new("aten::div", "Scalar");
    private static readonly Operator EluOperator = new("aten::elu");
    private static readonly Operator EmbeddingOperator = new("aten::embedding");
    private static readonly Operator EqOperator = new("aten::eq", "Tensor");
    private static readonly Operator ExpOperator = new("aten::exp");
    private static readonly Operator ExpandOperator = new("aten::expand");
    private static readonly Operator FlattenOperator = new("aten::flatten", "using_ints");
    private static readonly Operator GatherOperator = new("aten::gather");
    private static readonly Operator GeluOperator = new("aten::gelu");
    private static readonly Operator GtScalarOperator = new("aten::gt", "Scalar");
    private static readonly Operator IndexAddOperator = new("aten::index_add");
    private static readonly Operator IndexSelectOperator = new("aten::index_select");
    private static readonly Operator IsfiniteOperator = new("aten::isfinite");
    private static readonly Operator LayerNormOperator = new("aten::layer_norm");
    private static readonly Operator LinearOperator = new("aten::linear");
    private static readonly Operator LogOperator = new("aten::log");
    private static readonly Operator LogSoftmaxOperator = new("aten::log_softmax", "int");
    private static readonly Operator LogsumexpOperator = new("aten::logsumexp");
    private static readonly Operator MaskedFillScalarOperator = new("aten::masked_fill", "Scalar");
    private static readonly Operator MatmulOperator = new("aten::matmul");
    private static readonly Operator MaxPool2dOperator = new("aten::max_pool2d");
    private static readonly Operator MaximumOperator = new("aten::maximum");
    private static readonly Operator MeanOperator = new("aten::mean");
    private static readonly Operator MeanOverOperator = new("aten::mean", "dim");
    private static readonly Operator MulInPlaceScalarOperator = new("aten::mul_", "Scalar");
    private static readonly Operator MulOperator = new("aten::mul", "Tensor");
    private static readonly Operator MulScalarOperator = new("aten::mul", "Scalar");
    private static readonly Operator NormOperator = new("aten::norm", "ScalarOpt_dim");
    private static readonly Operator NegOperator = new("aten::neg");
    private static readonly Operator PermuteOperator = new("aten::permute");
    private static readonly Operator PowScalarOperator = new("aten::pow", "Tensor_Scalar");
    private static readonly Operator ReluOperator = new("aten::relu");
    private static readonly Operator ReshapeOperator = new("aten::reshape");
    private static readonly Operator SelectOperator = new("aten::select", "int");
    private static readonly Operator SigmoidOperator = new("aten::sigmoid");
    private static readonly Operator SiluOperator = new("aten::silu");
    private static readonly Operator SoftmaxOperator = new("aten::softmax", "int");
    private static readonly Operator SoftplusOperator = new("aten::softplus");
    private static readonly Operator SolveOperator = new("aten::linalg_solve");
    private static readonly Operator SplitOperator = new("aten::split_with_sizes");
    private static readonly Operator SqrtOperator = new("aten::sqrt");
    private static readonly Operator SqueezeOperator = new("aten::squeeze", "dim");
    private static readonly Operator SubOperator = new("aten::sub", "Tensor");
    private static readonly Operator SumOperator = new("aten::sum");
    private static readonly Operator SumOverOperator = new("aten::sum", "dim_IntList");
    private static readonly Operator TOperator = new("aten::t");
    private static readonly Operator TanhOperator = new("aten::tanh");
    private static readonly Operator ToDeviceOperator = new("aten::to", "device");
    private static readonly Operator ToTypeOperator = new("aten::to", "dtype");
    private static readonly Operator TransposeOperator = new("aten::transpose", "int");
    private static readonly Operator TrilOperator = new("aten::tril");
    private static readonly Operator UnfoldOperator = new("aten::unfold");
    private static readonly Operator UnsqueezeOperator = new("aten::unsqueeze");
    private static readonly Operator ZeroInPlaceOperator = new("aten::zero_");

    public static Tensor operator +(Tensor a, Tensor b) => a.add(b);

    public static Tensor operator +(Tensor a, double b) => a.add(b);

    public static Tensor operator -(Tensor a, Tensor b) => a.sub(b);

    public static Tensor operator -(Tensor a, double b) => a.add(-b);

    public static Tensor operator -(Tensor a) => a.neg();

    public static Tensor operator *(Tensor a, Tensor b) => a.mul(b);

    public static Tensor operator *(Tensor a, double b) => a.mul(b);

    public static Tensor operator *(double a, Tensor b) => b.mul(a);

    public static Tensor operator /(Tensor a, Tensor b) => a.div(b);

    public static Tensor operator /(Tensor a, double b) => a.div(b);

    /// <summary>this + alpha · other.</summary>
    public Tensor add(Tensor other, double alpha = 1) => AddOperator.Call(this, other, alpha);

    public Tensor add(double other) => AddScalarOperator.Call(this, other);

    public Tensor sub(Tensor other) => SubOperator.Call(this, other);

    public Tensor mul(Tensor other) => MulOperator.Call(this, other);

    public Tensor mul(double other) => MulScalarOperator.Call(this, other);

    public Tensor div(Tensor other) => DivOperator.Call(this, other);

    public Tensor div(double other) => DivScalarOperator.Call(this, other);

    public Tensor pow(double exponent) => PowScalarOperator.Call(this, exponent);

    public Tensor neg() => NegOperator.Call(this);

    public Tensor abs() => AbsOperator.Call(this);

    public Tensor exp() => ExpOperator.Call(this);

    public Tensor log() => LogOperator.Call(this);

    public Tensor sqrt() => SqrtOperator.Call(this);

    public Tensor acos() => AcosOperator.Call(this);

    public Tensor cumsum(long dim) => CumsumOperator.Call(this, dim);

    public Tensor clamp_min(double minimum) => ClampMinOperator.Call(this, minimum);

    public Tensor clamp(double minimum, double maximum) => ClampOperator.Call(this, minimum, maximum);

    public Tensor maximum(Tensor other) => MaximumOperator.Call(this, other);

    public Tensor gt(double other) => GtScalarOperator.Call(this, other);

    public Tensor eq(Tensor other) => EqOperator.Call(this, other);

    public Tensor isfinite() => IsfiniteOperator.Call(this);

    public Tensor relu() => ReluOperator.Call(this);

    public Tensor tanh() => TanhOperator.Call(this);

    public Tensor sigmoid() => SigmoidOperator.Call(this);

    /// <summary>x Φ(x).</summary>
    public Tensor gelu() => GeluOperator.Call(this);

    public Tensor elu() => EluOperator.Call(this);

    public Tensor softplus() => SoftplusOperator.Call(this);

    public Tensor silu() => SiluOperator.Call(this);

    public Tensor softmax(long dim) => SoftmaxOperator.Call(this, dim);

    public Tensor log_softmax(long dim) => LogSoftmaxOperator.Call(this, dim);

    public Tensor logsumexp(long dim) => LogsumexpOperator.Call(this, Dims(dim));

    public Tensor matmul(Tensor other) => MatmulOperator.Call(this, other);

    /// <summary>(x − mean)/√(variance + ε) over the last axis.</summary>
    public Tensor layer_norm(double epsilon) => LayerNormOperator.Call(this, new[] { shape[^1] }, Argument.None, Argument.None, epsilon);

    /// <summary>this · weightᵀ + bias.</summary>
    public Tensor linear(Tensor weight, Tensor? bias = null) => LinearOperator.Call(this, weight, bias);

    /// <summary>(Σ |x|ᵖ)^(1/p) along a dimension.</summary>
    public Tensor norm(double p, long dim) => NormOperator.Call(this, p, Dims(dim));

    /// <summary>X of this · X = other.</summary>
    public Tensor solve(Tensor other) => SolveOperator.Call(this, other);

    public Tensor sum() => SumOperator.Call(this);

    public Tensor sum(params long[] dim) => SumOverOperator.Call(this, dim);

    /// <summary>Sums with the summed dimensions kept as 1.</summary>
    public Tensor sum_keep(params long[] dim) => SumOverOperator.Call(this, dim, true);

    public Tensor mean() => MeanOperator.Call(this);

    public Tensor mean(params long[] dim) => MeanOverOperator.Call(this, dim);

    /// <summary>Largest elements with the dimensions kept as 1.</summary>
    public Tensor amax_keep(params long[] dim) => AmaxOperator.Call(this, dim, true);

    public Tensor all() => AllOperator.Call(this);

    public Tensor argmax(long dim) => ArgmaxOperator.Call(this, dim);

    public Tensor reshape(params long[] shape) => ReshapeOperator.Call(this, shape);

    public Tensor flatten(long start_dim = 0, long end_dim = -1) => FlattenOperator.Call(this, start_dim, end_dim);

    public Tensor transpose(long dim0, long dim1) => TransposeOperator.Call(this, dim0, dim1);

    public Tensor t() => TOperator.Call(this);

    public Tensor permute(params long[] dims) => PermuteOperator.Call(this, dims);

    public Tensor unsqueeze(long dim) => UnsqueezeOperator.Call(this, dim);

    public Tensor squeeze(long dim) => SqueezeOperator.Call(this, dim);

    public Tensor expand(params long[] size) => ExpandOperator.Call(this, size);

    public Tensor contiguous() => ContiguousOperator.Call(this);

    public Tensor select(long dim, long index) => SelectOperator.Call(this, dim, index);

    public Tensor index_select(long dim, Tensor index) => IndexSelectOperator.Call(this, dim, index);

    public Tensor gather(long dim, Tensor index) => GatherOperator.Call(this, dim, index);

    /// <summary>this with the rows of source added at index.</summary>
    public Tensor index_add(long dim, Tensor index, Tensor source) => IndexAddOperator.Call(this, dim, index, source);

    public Tensor tril(long diagonal = 0) => TrilOperator.Call(this, diagonal);

    public Tensor masked_fill(Tensor mask, double value) => MaskedFillScalarOperator.Call(this, mask, value);

    /// <summary>Rows of this table.</summary>
    public Tensor embedding(Tensor ids) => EmbeddingOperator.Call(this, ids);

    public Tensor conv2d(Tensor weight, Tensor? bias, long[] stride, long[] padding, long[] dilation, long groups) => Conv2dOperator.Call(this, weight, bias, stride, padding, dilation, groups);

    /// <summary>All parts of a size along a dimension, the elements of each as a last dimension; no copy.</summary>
    public Tensor unfold(long dimension, long size, long step) => UnfoldOperator.Call(this, dimension, size, step);

    /// <summary>With values before and after each dimension, the last one first.</summary>
    public Tensor constant_pad_nd(long[] pad, double value) => ConstantPadOperator.Call(this, pad, value);

    public Tensor max_pool2d(long[] kernel_size, long[] stride, long[] padding) => MaxPool2dOperator.Call(this, kernel_size, stride, padding);

    public Tensor avg_pool2d(long[] kernel_size, long[] stride, long[] padding) => AvgPool2dOperator.Call(this, kernel_size, stride, padding);

    public Tensor detach() => DetachOperator.Call(this);

    public Tensor to(ScalarType type) => ToTypeOperator.Call(this, type);

    public Tensor to(string device) => ToDeviceOperator.Call(this, device, dtype);

    /// <summary>this += alpha · other.</summary>
    public Tensor add_(Tensor other, double alpha = 1) => AddInPlaceOperator.Call(this, other, alpha);

    public Tensor mul_(double other) => MulInPlaceScalarOperator.Call(this, other);

    /// <summary>this += value · tensor1 ∘ tensor2.</summary>
    public Tensor addcmul_(Tensor tensor1, Tensor tensor2, double value = 1) => AddcmulInPlaceOperator.Call(this, tensor1, tensor2, value);

    /// <summary>this += value · tensor1 / tensor2.</summary>
    public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, double value = 1) => AddcdivInPlaceOperator.Call(this, tensor1, tensor2, value);

    public Tensor copy_(Tensor source) => CopyInPlaceOperator.Call(this, source);

    public Tensor zero_() => ZeroInPlaceOperator.Call(this);

    /// <summary>Parts of the given sizes along a dimension.</summary>
    public Tensor[] split(long[] split_size, long dim = 0) => SplitOperator.CallMany(split_size.Length, this, split_size, dim);

    private static long[] Dims(long dim) => [dim];
}
